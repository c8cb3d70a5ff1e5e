import { createHash, randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type LocalAnswer, type LocalRequest, startLocalServer } from '#/testing/local-server.ts';

/** A GitHub Enterprise that checks what it is sent as GitHub documents it. */
export interface GithubDouble {
  readonly url: string;
  readonly block: Readonly<Record<string, unknown>>;
  person: { id: number; login: string };
  emails: { email: string; primary: boolean; verified: boolean }[];
  /** Organizations of the person. */
  organizations: string[];
  readonly heard: string[];
  approve(authorizationUrl: string | URL): URL;
  close(): void;
}

const clientId = 'github-client';
const clientSecret = 'github-secret';

export async function startGithubDouble(t: Pick<TestContext, 'after'>): Promise<GithubDouble> {
  const codes = new Map<string, { redirectUri: string; challenge: string | null; scope: string }>();
  const tokens = new Map<string, string>();

  /** Errors of the token endpoint are 200, as GitHub sends them. */
  function exchange({ form, headers }: LocalRequest): LocalAnswer {
    const refuse = (error: string): LocalAnswer => ({
      body: { error, error_description: 'The thing is wrong.' },
    });
    if (headers.accept?.includes('application/json') !== true) return { body: 'error=use_json' };
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
      return refuse('incorrect_client_credentials');
    }
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const verifier = form.get('code_verifier') ?? '';
    if (code === undefined || form.get('redirect_uri') !== code.redirectUri)
      return refuse('bad_verification_code');
    if (createHash('sha256').update(verifier).digest('base64url') !== code.challenge) {
      return refuse('bad_verification_code');
    }
    const token = `gho_${randomUUID()}`;
    tokens.set(token, code.scope);
    return { body: { access_token: token, scope: code.scope, token_type: 'bearer' } };
  }

  function api({ url, headers }: LocalRequest): LocalAnswer | undefined {
    const withId = (answer: LocalAnswer): LocalAnswer => ({
      ...answer,
      headers: { 'x-github-request-id': 'A1B2:C3' },
    });
    if (headers['user-agent'] === undefined)
      return withId({ status: 403, body: { message: 'no user agent' } });
    const path = url.pathname.replace(/^\/api\/v3/, '');
    if (path === '/') return withId({ body: {} });
    if (path.startsWith('/applications/')) {
      const right = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
      return withId({ status: headers.authorization === right ? 404 : 401, body: {} });
    }
    if (path.startsWith('/orgs/')) {
      return withId({ status: path === '/orgs/Acme' ? 200 : 404, body: {} });
    }
    const scope = tokens.get(/^(?:Bearer|token) (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '');
    if (scope === undefined) return withId({ status: 401, body: { message: 'Bad credentials' } });
    if (path === '/user') return withId({ body: { ...double.person, email: null } });
    if (path === '/user/emails' && scope.includes('user:email')) return withId({ body: double.emails });
    if (path === '/user/orgs' && scope.includes('read:org')) {
      const size = Number(url.searchParams.get('per_page') ?? 30);
      const start = (Number(url.searchParams.get('page') ?? 1) - 1) * size;
      const page = double.organizations.slice(start, start + size);
      return withId({ body: page.map((login) => ({ login })) });
    }
    return withId({ status: 404, body: {} });
  }

  const server = await startLocalServer(t, (request) => {
    double.heard.push(request.url.pathname);
    if (request.url.pathname === '/login/oauth/access_token') return exchange(request);
    return request.url.pathname.startsWith('/api/v3') ? api(request) : undefined;
  });
  const double: GithubDouble = {
    url: server.url,
    block: { GITHUB_ENDPOINT: `${server.url}/`, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret },
    person: { id: 4711, login: 'Ann-Smith' },
    emails: [
      { email: 'old@example.com', primary: false, verified: true },
      { email: 'ann@example.com', primary: true, verified: true },
    ],
    organizations: [],
    heard: [],
    approve(authorizationUrl) {
      const { searchParams } = new URL(authorizationUrl);
      const code = randomUUID();
      codes.set(code, {
        redirectUri: searchParams.get('redirect_uri') ?? '',
        challenge: searchParams.get('code_challenge'),
        scope: searchParams.get('scope') ?? '',
      });
      const callback = new URL(searchParams.get('redirect_uri') ?? '');
      callback.searchParams.set('code', code);
      callback.searchParams.set('state', searchParams.get('state') ?? '');
      return callback;
    },
    close: server.close,
  };
  return double;
}
