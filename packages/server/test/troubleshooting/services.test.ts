import { after, before, describe } from 'node:test';
import { eventually } from '#/testing/eventually.ts';
import { freePort } from '#/testing/free-port.ts';
import { type OpenidDouble, startOpenidDouble } from '#/testing/openid-double.ts';
import { callHttp } from '#/testing/push-http.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';
import { openSession } from './browser-session.ts';
import { checkSection } from './page.ts';

describe('services that a registry uses', () => {
  let server: ServerProcess;
  let provider: OpenidDouble;
  const ended: (() => void)[] = [];

  before(async () => {
    provider = await startOpenidDouble({ after: (end) => ended.push(end as () => void) });
    const gone = `http://127.0.0.1:${await freePort()}/`;
    server = await startServer({
      configuration: {
        SERVER_HOSTNAME: 'localhost:5000',
        CORP_LOGIN_CONFIG: { ...provider.block, SERVICE_NAME: 'Corp' },
        GONE_LOGIN_CONFIG: { ...provider.block, OIDC_SERVER: gone, SERVICE_NAME: 'Gone' },
        FEATURE_MAILING: true,
        MAIL_SERVER: '127.0.0.1',
        MAIL_PORT: await freePort(),
        MAIL_USE_TLS: false,
      },
    });
    await initializeServer(server);
  });
  after(async () => {
    await server?.dispose();
    for (const end of ended) end();
  });

  const begin = async (id: string): Promise<{ readonly text: string; readonly cookie: string }> => {
    const answer = await fetch(`${server.url}/api/v1/externallogin/${id}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-requested-with': 'XMLHttpRequest',
        ...(await csrf()),
      },
      body: JSON.stringify({ kind: 'login' }),
    });
    const cookies = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    return { text: await answer.text(), cookie: cookies.join('; ') };
  };

  const csrf = async (): Promise<Record<string, string>> => {
    const answer = await fetch(`${server.url}/csrf_token`);
    const { csrf_token } = (await answer.json()) as { csrf_token: string };
    const cookie = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '');
    return { 'x-csrf-token': csrf_token, cookie: cookie.join('; ') };
  };

  const callback = async (query: string, cookie = ''): Promise<string> => {
    const url = `${server.url}/oauth2/corp/callback?${query}`;
    return String((await callHttp(url, { method: 'GET', headers: { cookie } })).body);
  };

  checkSection(
    'Sign-in with GitHub, Google, OpenID',
    {
      '… could not be asked. Try again later.': async () => (await begin('gone')).text,
      '… did not sign you in: ….': async () => {
        const { text, cookie } = await begin('corp');
        const { auth_url } = JSON.parse(text) as { auth_url: string };
        const query = new URLSearchParams({
          state: new URL(auth_url).searchParams.get('state') ?? '',
          iss: provider.issuer,
          error: 'invalid_request',
          error_description: 'redirect_uri is not known',
        });
        return callback(query.toString(), cookie);
      },
      'This browser did not begin that sign-in, or too long ago. Sign in again.': () =>
        callback('state=other&code=1'),
    },
    { exact: false },
  );

  checkSection('Mail does not arrive', {
    'event not delivered': async () => {
      const call = await openSession(server.url);
      await call('POST', '/api/v1/recovery', { email: 'admin@example.com' });
      const line = await eventually('a line in the log', 30_000, async () =>
        server
          .output()
          .split('\n')
          .find((each) => each.includes('"topic":"account-mail"')),
      );
      return JSON.parse(line).msg;
    },
  });
});
