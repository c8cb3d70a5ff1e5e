import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { startServer } from '#/testing/server-process.ts';
import { avatar, date, dropInServer, type Expected, problem, stepsAt, uuid } from './drop-in.ts';
import { csrfToken, scriptedSession, signedIn } from './scripted-session.ts';

const api = '/api/v1';
const sessionName = '_csrf_token';

test('a fresh registry gets its first user by script, once', async (t) => {
  const server = await startServer();
  t.after(() => server.dispose());
  const script = scriptedSession(() => server.url);
  const path = `${api}/user/initialize`;
  const body = {
    username: 'quayadmin',
    password: 'quaypass123',
    email: 'quayadmin@example.com',
    access_token: true,
  };
  await script.step('POST', path, problem(400, 'invalid_request'), { body: { ...body, password: 'short' } });
  const { json } = await script.step(
    'POST',
    path,
    {
      status: 200,
      body: {
        username: 'quayadmin',
        email: 'quayadmin@example.com',
        encrypted_password: /^.{20,}$/,
        access_token: /^[A-Za-z0-9]{40}$/,
      },
      headers: { 'x-next-csrf-token': csrfToken },
    },
    { body },
  );
  await script.step('POST', path, problem(400, 'invalid_request'), { body });
  const bearer = stepsAt(
    () => server.url,
    () => ({ authorization: `Bearer ${json.access_token}` }),
  );
  const person = avatar('user', 'quayadmin', 'quayadmin@example.com');
  const own = {
    anonymous: false,
    username: 'quayadmin',
    avatar: person,
    can_create_repo: true,
    is_me: true,
    verified: true,
    email: 'quayadmin@example.com',
    logins: [],
    invoice_email: false,
    invoice_email_address: null,
    preferred_namespace: true,
    tag_expiration_s: 1_209_600,
    prompts: [],
    company: null,
    family_name: null,
    given_name: null,
    location: null,
    is_free_account: true,
    has_password_set: true,
    organizations: [],
    super_user: true,
  };
  await bearer('GET', `${api}/user/`, { status: 200, body: own });
  await script.step('GET', `${api}/user/`, { status: 200, body: own });
  await bearer('GET', `${api}/superuser/users/`, {
    status: 200,
    body: {
      users: [
        {
          kind: 'user',
          name: 'quayadmin',
          username: 'quayadmin',
          email: 'quayadmin@example.com',
          verified: true,
          avatar: person,
          super_user: true,
          enabled: true,
          global_readonly_super_user: false,
        },
      ],
    },
  });
});

describe('a playbook signs in and sets up what it describes', () => {
  const { server, step: bearer } = dropInServer();
  const script = scriptedSession(() => server().url);
  const { step } = script;
  const adminAvatar = avatar('user', 'admin', 'admin@example.com');
  before(async () => {
    await bearer('POST', `${api}/organization/`, { status: 201, body: 'Created' }, { body: { name: 'ops' } });
  });

  test('without a CSRF token nobody signs in', async () => {
    const body = { username: 'admin', password: 'password1' };
    const refused: Expected = { status: 403, body: { error: /./ } };
    await step('POST', `${api}/signin`, refused, { body });
    const first = await step('GET', '/csrf_token', {
      status: 200,
      body: { csrf_token: csrfToken },
      headers: { 'access-control-allow-origin': undefined },
    });
    assert.match(script.cookie(), new RegExp(`^${sessionName}=`));
    await step('POST', `${api}/signin`, refused, { body, headers: { 'x-csrf-token': 'another' } });
    await step(
      'POST',
      `${api}/signin`,
      {
        status: 403,
        body: { needsEmailVerification: false, invalidCredentials: true, message: /./ },
        headers: { 'x-next-csrf-token': undefined },
      },
      { body: { username: 'nobody', password: 'password1' } },
    );
    await step('POST', `${api}/signin`, signedIn, { body });
    assert.notEqual(script.token(), first.json.csrf_token);
    const { json } = await step('GET', '/csrf_token', { status: 200, body: { csrf_token: csrfToken } });
    assert.equal(json.csrf_token, script.token());
    const next = script.token();
    script.withToken(first.json.csrf_token);
    await step('POST', `${api}/user/apptoken`, refused, { body: { title: 'old token' } });
    script.withToken(next);
  });

  test('the password again', async () => {
    const wrong: Expected = { status: 403, body: { message: /./, invalidCredentials: true } };
    const before = script.token();
    await step('POST', `${api}/signin/verify`, signedIn, { body: { password: 'password1' } });
    assert.notEqual(script.token(), before);
    await step('POST', `${api}/signin/verify`, wrong, { body: { password: 'password2' } });
  });

  test('an app-specific token', async () => {
    const path = `${api}/user/apptoken`;
    const token = { uuid, title: 'laptop', last_accessed: null, created: date, expiration: null };
    const withCode = { ...token, token_code: /^[A-Za-z0-9]{120}$/ };
    const made = await step(
      'POST',
      path,
      { status: 200, body: { token: withCode } },
      { body: { title: 'laptop' } },
    );
    await step('GET', path, { status: 200, body: { tokens: [token], only_expiring: false } });
    await step('GET', `${path}?expiring=true`, { status: 200, body: { tokens: [], only_expiring: true } });
    const one = `${path}/${made.json.token.uuid}`;
    await step('GET', one, { status: 200, body: made.json });
    await step('DELETE', one, { status: 204 });
    await step('GET', one, problem(404, 'not_found'));
    await step('POST', path, problem(400, 'invalid_request'), { body: {} });
  });

  test('default permissions of an organization', async () => {
    const path = `${api}/organization/ops/prototypes`;
    const team = {
      name: 'auditors',
      description: '',
      can_view: true,
      role: 'member',
      avatar: avatar('team', 'auditors'),
      new_team: true,
    };
    await step(
      'PUT',
      `${api}/organization/ops/team/auditors`,
      { status: 200, body: team },
      { body: { role: 'member' } },
    );
    const prototype = {
      id: uuid,
      role: 'read',
      activating_user: {
        name: 'admin',
        kind: 'user',
        is_robot: false,
        avatar: adminAvatar,
        is_org_member: true,
      },
      delegate: { name: 'auditors', kind: 'team', avatar: avatar('team', 'auditors') },
    };
    const body = {
      role: 'read',
      delegate: { name: 'auditors', kind: 'team' },
      activating_user: { name: 'admin' },
    };
    const made = await step('POST', path, { status: 200, body: prototype }, { body });
    await step('GET', path, { status: 200, body: { prototypes: [made.json] } });
    const one = `${path}/${made.json.id}`;
    await step(
      'PUT',
      one,
      { status: 200, body: { ...prototype, role: 'write' } },
      { body: { role: 'write' } },
    );
    await step('POST', path, problem(400, 'invalid_request'), {
      body: { ...body, activating_user: { name: 'nobody' } },
    });
    await step('DELETE', one, { status: 204 });
    await step('PUT', one, problem(404, 'not_found'), { body: { role: 'read' } });
  });

  test('notifications of a repository', async () => {
    const made = { namespace: 'ops', name: 'tools', kind: 'image' };
    const repository = { namespace: 'ops', repository: 'tools', visibility: 'public', description: '' };
    await step('POST', `${api}/repository`, { status: 201, body: made }, { body: repository });
    const path = `${api}/repository/ops/tools/notification/`;
    await step('GET', path, { status: 200, body: { notifications: [] } });
    for (const [event, method, config, eventConfig] of [
      ['repo_push', 'webhook', { url: 'https://hooks.example/push' }, {}],
      ['vulnerability_found', 'slack', { url: 'https://hooks.slack.com/services/T0/B0/x' }, { level: 2 }],
      ['repo_push', 'quay_notification', { target: { kind: 'user', name: 'admin' } }, {}],
    ] as const) {
      const body = { event, method, config, eventConfig, title: `${event} by ${method}` };
      const view = {
        uuid,
        title: body.title,
        event,
        method,
        config,
        event_config: eventConfig,
        number_of_failures: 0,
      };
      const { json } = await step('POST', path, { status: 201, body: view }, { body });
      const one = `${path}${json.uuid}`;
      await step('GET', one, { status: 200, body: json });
      await step('GET', path, { status: 200, body: { notifications: [json] } });
      await step('POST', one, { status: 204 });
      await step('DELETE', one, { status: 204 });
      await step('GET', one, problem(404, 'not_found'));
      await step('DELETE', one, problem(400, 'invalid_request'));
      await step('POST', one, problem(400, 'invalid_request'));
      await step('POST', `${one}/test`, problem(400, 'invalid_request'));
    }
    const own = { event: 'repo_push', method: 'quay_notification', title: null, eventConfig: {} };
    const kept = await step(
      'POST',
      path,
      {
        status: 201,
        body: {
          uuid,
          title: null,
          event: own.event,
          method: own.method,
          config: { target: { kind: 'user', name: 'admin' } },
          event_config: {},
          number_of_failures: 0,
        },
      },
      { body: { ...own, config: { target: { kind: 'user', name: 'admin' } } } },
    );
    await step('POST', `${path}${kept.json.uuid}/test`, { status: 200, body: {} });
    for (const body of [
      { ...own, config: { target: { kind: 'user', name: 'nobody' } } },
      { ...own, config: {} },
      { ...own, method: 'webhook', config: { url: '' } },
      { ...own, method: 'webhook', config: { url: 'ftp://hooks.example' } },
      { ...own, method: 'pigeon', config: {} },
      { ...own, event: 'rain', config: { target: { kind: 'user', name: 'admin' } } },
    ]) {
      await step('POST', path, problem(400, 'invalid_request'), { body });
    }
  });

  test('messages to everybody', async () => {
    const message = { content: 'Closed on *Sunday*', media_type: 'text/markdown', severity: 'warning' };
    await step('GET', `${api}/messages`, { status: 200, body: { messages: [] } });
    await step('POST', `${api}/messages`, { status: 201 }, { body: { message } });
    const nobody = stepsAt(() => server().url);
    const { json } = await nobody('GET', `${api}/messages`, {
      status: 200,
      body: { messages: [{ uuid, ...message }] },
    });
    await step('POST', `${api}/messages`, problem(400, 'invalid_request'), {
      body: { message: { ...message, severity: 'loud' } },
    });
    await step('DELETE', `${api}/message/${json.messages[0].uuid}`, { status: 204 });
    await step('GET', `${api}/messages`, { status: 200, body: { messages: [] } });
  });

  test('people, as a superuser', async () => {
    const path = `${api}/superuser/users/`;
    const email = 'ann@example.com';
    const created = {
      username: 'ann',
      email,
      password: /^[A-Z0-9]{32}$/,
      encrypted_password: /^.{20,}$/,
    };
    const made = await step(
      'POST',
      path,
      { status: 200, body: created },
      { body: { username: 'ann', email } },
    );
    const view = {
      kind: 'user',
      name: 'ann',
      username: 'ann',
      email,
      verified: true,
      avatar: avatar('user', 'ann', email),
      super_user: false,
      enabled: true,
      global_readonly_super_user: false,
    };
    const one = `${path}ann`;
    await step('GET', one, { status: 200, body: view });
    const admin = {
      ...view,
      name: 'admin',
      username: 'admin',
      email: 'admin@example.com',
      avatar: adminAvatar,
      super_user: true,
    };
    await step('GET', path, { status: 200, body: { users: [admin, view] } });
    const session = scriptedSession(() => server().url);
    await session.step('GET', '/csrf_token', { status: 200, body: { csrf_token: csrfToken } });
    await session.step('POST', `${api}/signin`, signedIn, {
      body: { username: 'ann', password: made.json.password },
    });
    await session.step('GET', path, problem(403, 'insufficient_scope'));
    await session.step('POST', `${api}/messages`, problem(403, 'insufficient_scope'), {
      body: { message: { content: 'x', media_type: 'text/plain', severity: 'info' } },
    });
    const off = { ...view, enabled: false };
    await step('PUT', one, { status: 200, body: off }, { body: { enabled: false } });
    await session.step('GET', `${api}/user/`, problem(401, 'invalid_token', { session_required: false }));
    await step('GET', `${path}?disabled=false`, { status: 200, body: { users: [admin] } });
    await step('PUT', one, { status: 200, body: view }, { body: { enabled: true } });
    await step(
      'PUT',
      one,
      { status: 200, body: { ...view, encrypted_password: /^.{20,}$/ } },
      { body: { password: 'another-one1' } },
    );
    await step('POST', path, problem(400, 'invalid_request'), { body: { username: 'ann', email } });
    await step('PUT', `${path}admin`, problem(400, 'invalid_request'), { body: { enabled: false } });
    await step('DELETE', `${path}admin`, problem(400, 'invalid_request'));
    await step('DELETE', one, { status: 204 });
    await step('GET', one, problem(404, 'not_found'));
    await step('DELETE', one, problem(404, 'not_found'));
  });

  test('an organization is renamed and removed by a superuser', async () => {
    const path = `${api}/superuser/organizations/`;
    const entry = (name: string) => ({ name, email: null, avatar: avatar('org', name) });
    await step('GET', path, {
      status: 200,
      body: {
        organizations: [entry('ops')],
      },
    });
    await step('PUT', `${path}ops`, { status: 200, body: entry('platform') }, { body: { name: 'platform' } });
    await step('DELETE', `${path}platform`, { status: 204 });
    await step('GET', path, { status: 200, body: { organizations: [] } });
  });

  test('signing out ends the session', async () => {
    await step('POST', `${api}/signout`, { status: 200, body: { success: true } });
    await step('GET', `${api}/user/`, problem(401, 'invalid_token', { session_required: false }));
  });
});
