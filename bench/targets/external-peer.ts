import { randomBytes } from 'node:crypto';
import type { TargetKind } from '#/targets/target.ts';

/**
 * A registry that runs already. A user and password in its URL are used to fetch tokens from the realm that it names; its processes are not
 * looked at, and what the run pushes stays in it.
 */
export function externalPeer(name: string, address: string): TargetKind {
  const url = new URL(address);
  const basic = url.username === '' ? undefined : basicHeader(url);
  const namespace = `${url.pathname.slice(1) || (url.username === '' ? 'bench' : url.username)}/`;
  const plain = new URL(`http://${url.host}`);
  return {
    name,
    role: 'peer',
    async start() {
      return {
        name,
        role: 'peer',
        url: plain,
        pid: undefined,
        namespace: `${namespace}${randomBytes(4).toString('hex')}-`,
        authorize: async (...scopes) => (basic === undefined ? '' : await fetchToken(plain, basic, scopes)),
        dispose: async () => undefined,
      };
    },
  };
}

function basicHeader(url: URL): string {
  const text = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

async function fetchToken(url: URL, basic: string, scopes: readonly string[]): Promise<string> {
  const challenge = (await fetch(new URL('/v2/', url))).headers.get('www-authenticate') ?? '';
  const realm = /realm="([^"]*)"/.exec(challenge)?.[1];
  if (realm === undefined || !/^bearer /i.test(challenge)) return `Authorization: ${basic}\r\n`;
  const target = new URL(realm);
  target.searchParams.set('service', /service="([^"]*)"/.exec(challenge)?.[1] ?? '');
  for (const scope of scopes) target.searchParams.append('scope', scope);
  const response = await fetch(target, { headers: { authorization: basic } });
  if (!response.ok) throw new Error(`${target.host} gave no token: ${response.status}`);
  const { token, access_token: accessToken } = (await response.json()) as Record<string, string>;
  return `Authorization: Bearer ${token ?? accessToken}\r\n`;
}
