import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { scratchDirectory } from './scratch-directory.ts';

/** A person of the service. */
export interface JwtPerson {
  readonly username: string;
  readonly email?: string | undefined;
  password: string;
}

type Answer = (claims: JWTPayload) => Promise<string> | string;

/** A real service on loopback that checks passwords and answers with signed tokens, as one would write it for `JWT_*`. */
export interface JwtAuthenticator {
  /** What the engine is opened with. */
  readonly config: {
    readonly issuer: string;
    readonly verifyEndpoint: string;
    readonly queryEndpoint: string;
    readonly getUserEndpoint: string;
    readonly maximumFreshSeconds: number;
    readonly keyFile: string;
    readonly emailRequired: boolean;
  };
  readonly people: JwtPerson[];
  readonly privateKey: KeyObject;
  readonly publicKeyPem: string;
  /** How tokens are made from now on; undefined: honestly. */
  answer: Answer | undefined;
  /** An answer in place of tokens. */
  refusal: { readonly status: number; readonly body: string } | undefined;
  /** Claims of an honest token that are replaced, or with undefined left out. */
  claims: Readonly<Record<string, unknown>>;
  /** Passwords that it was asked about. */
  checks(): number;
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  halt(): Promise<void>;
  hang(): void;
  resume(): Promise<void>;
}

const issuer = 'https://people.example.com';

/** Times of tokens come from `nowMs`. */
export async function startJwtAuthenticator(
  people: readonly JwtPerson[],
  nowMs: () => number,
): Promise<JwtAuthenticator> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const keyFile = join(scratchDirectory(), 'jwt-authn.cert');
  await writeFile(keyFile, publicKeyPem);
  let hanging = false;
  let checks = 0;
  let port = 0;

  const sign = (claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey);

  const honest = (claims: JWTPayload): JWTPayload => {
    const seconds = Math.floor(nowMs() / 1000);
    return { iss: issuer, iat: seconds, nbf: seconds, exp: seconds + 120, ...claims, ...self.claims };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (hanging) return;
    const url = new URL(request.url ?? '/', 'http://localhost');
    const send = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
    };
    const token = async (claims: JWTPayload): Promise<void> => {
      const full = honest(claims);
      send(200, JSON.stringify({ token: await (self.answer ?? sign)(full) }));
    };
    if (self.refusal !== undefined) return send(self.refusal.status, self.refusal.body);
    if (url.pathname === '/verify') {
      const [, encoded = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
      if (encoded === '') return send(401, 'Credentials are needed');
      checks += 1;
      const [login = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
      const person = self.people.find(({ username, email }) => login === username || login === email);
      if (person === undefined) return send(404, 'Unknown user');
      if (digest(person.password) !== digest(rest.join(':'))) return send(403, 'Invalid password');
      return token({ aud: 'quay.io/jwtauthn', sub: person.username, email: person.email });
    }
    if (url.pathname === '/query') {
      const query = url.searchParams.get('query') ?? '';
      const results = self.people
        .filter(({ username, email }) => username.startsWith(query) || email?.startsWith(query))
        .map(({ username, email }) => ({ username, email }));
      return token({
        aud: 'quay.io/jwtauthn/query',
        results: results.slice(0, Number(url.searchParams.get('limit'))),
      });
    }
    if (url.pathname === '/getuser') {
      const name = url.searchParams.get('username');
      const person = self.people.find(({ username, email }) => name === username || name === email);
      if (person === undefined) return send(404, 'Unknown user');
      return token({ aud: 'quay.io/jwtauthn/getuser', sub: person.username, email: person.email });
    }
    send(404, 'Nothing here');
  };

  const server = createServer((request, response) => void handle(request, response));
  server.unref();
  const resume = async (): Promise<void> => {
    hanging = false;
    server.closeAllConnections();
    if (server.listening) return;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const halt = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await resume();
  const base = `http://127.0.0.1:${port}`;
  const self: JwtAuthenticator = {
    config: {
      issuer,
      verifyEndpoint: `${base}/verify`,
      queryEndpoint: `${base}/query`,
      getUserEndpoint: `${base}/getuser`,
      maximumFreshSeconds: 300,
      keyFile,
      emailRequired: false,
    },
    people: [...people],
    privateKey,
    publicKeyPem,
    answer: undefined,
    refusal: undefined,
    claims: {},
    checks: () => checks,
    sign,
    halt,
    hang() {
      hanging = true;
    },
    resume,
  };
  return self;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
