import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

/** A real OpenID provider on loopback, which asks to sign in and to agree on pages with one button each. */
export interface OpenidProvider {
  /** Issuer, without a slash at its end. */
  readonly url: string;
  /** The block `<ID>_LOGIN_CONFIG` that fits. */
  readonly block: Readonly<Record<string, unknown>>;
  /** Whom the next sign-in is of: a key of `people`. */
  person: string;
  /** Lets the registry at this address come back to the callbacks of these services. */
  register(registryUrl: string, ...services: string[]): void;
}

export type OpenidClaims = Readonly<Record<string, unknown>>;

const client = { client_id: 'wharf', client_secret: 'secret-of-the-client' };

export async function startOpenidProvider(
  t: Pick<TestContext, 'after'>,
  people: Readonly<Record<string, OpenidClaims>>,
): Promise<OpenidProvider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'RS256' };
  let provider: Provider | undefined;
  const opened = { person: Object.keys(people)[0] ?? '' };
  const server = createServer((request, response) => {
    if (provider === undefined) response.writeHead(503).end();
    else if (request.url?.startsWith('/interaction/') === true) {
      interact(provider, opened.person, request, response).catch((error: unknown) =>
        response.writeHead(500).end(String(error)),
      );
    } else provider.callback()(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(opened, {
    url,
    block: {
      OIDC_SERVER: `${url}/`,
      CLIENT_ID: client.client_id,
      CLIENT_SECRET: client.client_secret,
      SERVICE_NAME: 'Real provider',
      DEBUGGING: true,
    },
    register(registryUrl: string, ...services: string[]) {
      provider = new Provider(url, {
        clients: [
          {
            ...client,
            redirect_uris: services.flatMap((service) =>
              ['', '/attach', '/cli'].map((path) => `${registryUrl}/oauth2/${service}/callback${path}`),
            ),
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        jwks: { keys: [signingKey] },
        claims: {
          openid: ['sub'],
          profile: ['preferred_username'],
          email: ['email', 'email_verified'],
          groups: ['groups'],
        },
        findAccount: (_context, sub) => ({
          accountId: sub,
          claims: async () => ({ sub, ...people[sub] }),
        }),
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
        cookies: { keys: ['key of a test'] },
        ttl: { Session: 600, Interaction: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
      });
      provider.proxy = false;
    },
  });
}

async function interact(
  provider: Provider,
  person: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId, uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const label = prompt.name === 'login' ? `Sign in as ${person}` : 'Agree';
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(
        `<!doctype html><title>Provider</title><form method="post" action="/interaction/${uid}"><button type="submit">${label}</button></form>`,
      );
    return;
  }
  if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: person } });
    return;
  }
  const grant =
    (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ??
    new provider.Grant({ accountId: session?.accountId ?? '', clientId: client.client_id });
  grant.addOIDCScope(String(params.scope));
  await provider.interactionFinished(
    request,
    response,
    { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true },
  );
}
