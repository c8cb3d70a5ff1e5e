import assert from 'node:assert/strict';
import { type RawAnswer, sendRaw } from '#/testing/client-http.ts';
import { alice, bob, type Credentials } from '#/testing/client-registry.ts';
import { type FactContext, fact, openRepository } from './fact.ts';
import { signedUrlFact } from './signed-urls.ts';

interface TokenReply {
  readonly token: string;
  readonly access_token: string;
  readonly expires_in: number;
  readonly issued_at: string;
}

interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** H1: what all clients expect of log-ins and tokens. */
export function authenticationFacts(context: FactContext): void {
  const basic = ({ username, password }: Credentials): string =>
    `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const ask = (query: string, who: Credentials | undefined = alice): Promise<RawAnswer> =>
    sendRaw(context.server, {
      method: 'GET',
      target: `/v2/auth?service=${context.server.host}${query}`,
      headers: who === undefined ? {} : { authorization: basic(who) },
    });
  const ping = (token?: string): Promise<RawAnswer> =>
    sendRaw(context.server, {
      method: 'GET',
      target: '/v2/',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  const replyOf = (answer: RawAnswer): TokenReply => {
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text) as TokenReply;
  };
  const accessOf = (answer: RawAnswer): readonly Access[] => {
    const payload = replyOf(answer).token.split('.')[1] ?? '';
    return (JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { access: Access[] }).access;
  };

  fact(1, 'the version check challenges who has no token, where public pulls are allowed too', async () => {
    const answer = await ping();
    assert.equal(answer.status, 401);
    const { host, url } = context.server;
    assert.equal(answer.headers['www-authenticate'], `Bearer realm="${url}/v2/auth",service="${host}"`);
    const anonymous = await ask('&scope=repository:alice/public:pull', undefined);
    assert.deepEqual(accessOf(anonymous)[0]?.actions, ['pull']);
  });

  fact(2, 'the version check carries the version of the protocol', async () => {
    const { token } = replyOf(await ask(''));
    for (const answer of [await ping(), await ping(token)]) {
      assert.equal(answer.headers['docker-distribution-api-version'], 'registry/2.0');
    }
  });

  fact(3, 'a log-in is a token without scope and a version check; a wrong password is 401', async () => {
    const { token } = replyOf(await ask('&account=alice&client_id=docker&offline_token=true'));
    assert.equal((await ping(token)).status, 200);
    assert.equal((await ask('', { username: 'mallory', password: 'wrong' })).status, 401);
    assert.equal((await ask('', { username: 'no-such-user', password: 'wrong' })).status, 401);
  });

  fact(4, 'parameters of the docker client, and unknown ones, change nothing', async () => {
    const answer = await ask(
      '&account=alice&client_id=docker&offline_token=true&unknown=1&scope=repository:alice/h4:pull',
    );
    assert.deepEqual(accessOf(answer), [{ type: 'repository', name: 'alice/h4', actions: [] }]);
  });

  fact(5, 'one token holds every scope, as parameters of their own or in one', async () => {
    await openRepository(context, 'h5-source');
    const [target, source] = ['repository:alice/h5-target:pull,push', 'repository:alice/h5-source:pull'];
    for (const query of [
      `&scope=${target}&scope=${source}`,
      `&scope=${source}&scope=${target}`,
      `&scope=${encodeURIComponent(`${target} ${source}`)}`,
    ]) {
      const granted = new Map(accessOf(await ask(query)).map(({ name, actions }) => [name, actions]));
      assert.deepEqual([...(granted.get('alice/h5-target') ?? [])].sort(), ['pull', 'push']);
      assert.deepEqual(granted.get('alice/h5-source'), ['pull']);
    }
  });

  fact(6, 'tokens say how long they live and when they were made', async () => {
    const reply = replyOf(await ask(''));
    assert.ok(reply.expires_in >= 60);
    assert.match(reply.issued_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    assert.ok(Math.abs(Date.parse(reply.issued_at) - Date.now()) < 30_000);
  });

  fact(7, 'both names of the token, and a small one with many scopes', async () => {
    const scopes = Array.from({ length: 50 }, (_value, index) => `&scope=repository:alice/h7-${index}:pull`);
    const answer = await ask(scopes.join(''));
    const reply = replyOf(answer);
    assert.equal(reply.access_token, reply.token);
    assert.ok(answer.body.length <= 64 * 1024, `${answer.body.length} bytes`);
    assert.equal((await ping(reply.token)).status, 200);
  });

  fact(8, 'the OAuth2 form is refused so that clients fall back, and is no failed log-in', async () => {
    const form = new URLSearchParams({
      grant_type: 'password',
      service: context.server.host,
      client_id: 'containerd-client',
      username: bob.username,
      password: 'wrong',
      scope: 'repository:alice/h8:pull repository:alice/h8-other:pull',
    });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const refused = await sendRaw(context.server, {
        method: 'POST',
        target: '/v2/auth',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
      });
      assert.equal(refused.status, 405);
    }
    replyOf(await ask('', bob));
  });

  fact(9, 'the realm is at the address that the client called', async () => {
    const realm = /realm="([^"]+)"/.exec((await ping()).headers['www-authenticate'] ?? '')?.[1] ?? '';
    assert.equal(new URL(realm).origin, context.server.url);
  });

  signedUrlFact();

  fact(11, 'a token without the grant learns the scope, and a locked account when to come back', async () => {
    const { send, path } = await openRepository(context, 'h11');
    const other = replyOf(await ask('', bob)).token;
    const refused = await sendRaw(context.server, {
      method: 'GET',
      target: `${path}/tags/list`,
      headers: { authorization: `Bearer ${other}` },
    });
    assert.equal(refused.status, 401);
    const challenge = refused.headers['www-authenticate'] ?? '';
    assert.match(challenge, /scope="repository:alice\/h11:pull"/);
    assert.match(challenge, /error="insufficient_scope"/);
    assert.equal((await send('GET', `${path}/tags/list`)).status, 200);
    const wrong = { username: 'mallory', password: 'wrong' };
    const first = await ask('', wrong);
    const locked = first.status === 429 ? first : await ask('', wrong);
    assert.equal(locked.status, 429);
    assert.match(locked.headers['retry-after'] ?? '', /^[1-9][0-9]*$/);
  });
}
