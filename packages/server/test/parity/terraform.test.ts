import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fetchRegistryToken } from '#/testing/server-process.ts';
import { avatar, date, dropInServer, problem, robotToken, stepsAt } from './drop-in.ts';

/**
 * What the Terraform provider does with its resources: create, read back, update, read for an import, delete, and read what is gone. Every
 * call bears an OAuth token.
 */
describe('a Terraform configuration is applied and destroyed', () => {
  const { server, token, step } = dropInServer();
  const api = '/api/v1';
  const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
  const acmeAvatar = avatar('org', 'acme', 'acme@example.com');
  const adminAvatar = avatar('user', 'admin', 'admin@example.com');
  const owners = {
    name: 'owners',
    description: '',
    role: 'admin',
    avatar: avatar('team', 'owners'),
    can_view: true,
    repo_count: 0,
    member_count: 1,
    is_synced: false,
  };
  const organization = {
    name: 'acme',
    email: 'acme@example.com',
    avatar: acmeAvatar,
    is_admin: true,
    is_member: true,
    teams: { owners },
    ordered_teams: ['owners'],
    invoice_email: false,
    invoice_email_address: null,
    tag_expiration_s: 1_209_600,
    is_free_account: true,
  };

  test('an organization', async () => {
    const path = `${api}/organization/acme`;
    await step('GET', path, problem(404, 'not_found'));
    const body = { name: 'acme', email: 'acme@example.com' };
    await step('POST', `${api}/organization/`, { status: 201, body: 'Created' }, { body });
    await step('GET', path, { status: 200, body: organization });
    const again = await step('POST', `${api}/organization/`, problem(400, 'invalid_request'), { body });
    assert.match(again.json.detail, /acme|name/);
    const email = 'office@example.com';
    const moved = { ...organization, email, avatar: avatar('org', 'acme', email) };
    await step('PUT', path, { status: 200, body: moved }, { body: { email } });
    await step('GET', path, { status: 200, body: moved });
    await step('PUT', path, { status: 200, body: organization }, { body: { email: body.email } });
  });

  test('a robot', async () => {
    const path = `${api}/organization/acme/robots/deployer`;
    await step('GET', path, problem(400, 'invalid_request'));
    const item = { name: 'acme+deployer', created: date, last_accessed: null, description: 'deploys' };
    const robot = { ...item, token: robotToken, unstructured_metadata: {} };
    const made = await step(
      'PUT',
      path,
      { status: 201, body: robot },
      { body: { description: 'deploys', unstructured_metadata: {} } },
    );
    await step('GET', path, { status: 200, body: made.json });
    await step('PUT', path, problem(400, 'invalid_request'), { body: { description: 'again' } });
    const list = `${api}/organization/acme/robots?permissions=true&token=false`;
    await step('GET', list, { status: 200, body: { robots: [{ ...item, teams: [], repositories: [] }] } });
    await fetchRegistryToken(server(), { username: 'acme+deployer', password: made.json.token });
    const renewed = await step('POST', `${path}/regenerate`, {
      status: 200,
      body: { ...item, token: robotToken },
    });
    assert.notEqual(renewed.json.token, made.json.token);
    await step('GET', path, { status: 200, body: { ...robot, token: renewed.json.token } });
    await step('GET', `${path}/permissions`, { status: 200, body: { permissions: [] } });
  });

  const view = {
    name: 'readers',
    description: 'who read',
    can_view: true,
    role: 'member',
    avatar: avatar('team', 'readers'),
    new_team: true,
  };
  const teamPath = `${api}/organization/acme/team/readers`;

  test('a team', async () => {
    const body = { role: 'member', description: 'who read' };
    await step('GET', `${teamPath}/members`, problem(404, 'not_found'));
    await step('PUT', teamPath, { status: 200, body: view }, { body });
    const changed = { ...view, new_team: false, role: 'creator', description: 'who make' };
    await step(
      'PUT',
      teamPath,
      { status: 200, body: changed },
      { body: { role: 'creator', description: 'who make' } },
    );
    const { new_team: _, ...item } = { ...changed, repo_count: 0, member_count: 0, is_synced: false };
    await step('GET', `${api}/organization/acme`, {
      status: 200,
      body: { ...organization, teams: { owners, readers: item }, ordered_teams: ['owners', 'readers'] },
    });
    await step('PUT', teamPath, { status: 200, body: { ...view, new_team: false } }, { body });
    await step('PUT', teamPath, problem(400, 'invalid_request'), { body: { role: 'king' } });
    await step('PUT', `${api}/organization/acme/team/No Team`, problem(400, 'invalid_request'), { body });
  });

  const member = (name: string) => ({
    name,
    kind: 'user',
    is_robot: name.includes('+'),
    avatar: name.includes('+') ? avatar('robot', name) : adminAvatar,
    invited: false,
  });

  test('members of a team', async () => {
    for (const name of ['admin', 'acme+deployer']) {
      await step('PUT', `${teamPath}/members/${name}`, { status: 200, body: member(name) }, { body: {} });
    }
    await step('PUT', `${teamPath}/members/nobody`, problem(400, 'invalid_request'), { body: {} });
    await step('GET', `${teamPath}/members?includePending=true`, {
      status: 200,
      body: { name: 'readers', members: [member('acme+deployer'), member('admin')], can_edit: true },
    });
    const team = (name: string) => ({ name, avatar: avatar('team', name) });
    await step('GET', `${api}/organization/acme/members`, {
      status: 200,
      body: {
        members: [
          {
            name: 'admin',
            kind: 'user',
            avatar: adminAvatar,
            teams: [team('owners'), team('readers')],
            repositories: [],
          },
        ],
      },
    });
    await step('DELETE', `${teamPath}/members/admin`, { status: 204 });
    await step('DELETE', `${teamPath}/members/admin`, problem(400, 'invalid_request'));
  });

  const repositoryPath = `${api}/repository/acme/web`;
  const repository = {
    namespace: 'acme',
    name: 'web',
    kind: 'image',
    description: '# Web',
    is_public: false,
    is_organization: true,
    is_starred: false,
    status_token: /^[A-Za-z0-9-]{16,}$/,
    trust_enabled: false,
    tag_expiration_s: 1_209_600,
    is_free_account: true,
    state: 'NORMAL',
    can_write: true,
    can_admin: true,
  };

  test('a repository, its description and its visibility', async () => {
    await step('GET', repositoryPath, problem(404, 'not_found'));
    const body = {
      namespace: 'acme',
      repository: 'web',
      visibility: 'private',
      description: '# Web',
      repo_kind: 'image',
    };
    const named = { namespace: 'acme', name: 'web', kind: 'image' };
    await step('POST', `${api}/repository`, { status: 201, body: named }, { body });
    await step('POST', `${api}/repository`, problem(400, 'invalid_request'), { body });
    await step('GET', repositoryPath, { status: 200, body: { ...repository, tags: {} } });
    await step('GET', `${repositoryPath}?includeTags=false&includeStats=false`, {
      status: 200,
      body: repository,
    });
    const success = { status: 200, body: { success: true } };
    await step('POST', `${repositoryPath}/changevisibility`, success, { body: { visibility: 'public' } });
    await step('PUT', repositoryPath, success, { body: { description: 'new' } });
    const shown = { ...repository, is_public: true, status_token: '', description: 'new' };
    await step('GET', `${repositoryPath}?includeTags=false`, { status: 200, body: shown });
    await step('POST', `${repositoryPath}/changevisibility`, success, { body: { visibility: 'private' } });
    await step('POST', `${repositoryPath}/changevisibility`, problem(400, 'invalid_request'), {
      body: { visibility: 'secret' },
    });
    await step('GET', `${api}/repository?namespace=acme`, {
      status: 200,
      body: {
        repositories: [
          { ...named, description: 'new', is_public: false, state: 'NORMAL', is_starred: false },
        ],
      },
    });
  });

  test('permissions of teams, people and robots', async () => {
    const team = `${repositoryPath}/permissions/team/readers`;
    const user = `${repositoryPath}/permissions/user`;
    await step('GET', team, problem(400, 'invalid_request'));
    const given = { role: 'read', name: 'readers', avatar: avatar('team', 'readers') };
    await step('PUT', team, { status: 200, body: given }, { body: { role: 'read' } });
    await step('GET', team, { status: 200, body: { role: 'read' } });
    await step('PUT', team, { status: 200, body: { ...given, role: 'write' } }, { body: { role: 'write' } });
    await step('GET', `${repositoryPath}/permissions/team/`, {
      status: 200,
      body: { permissions: { readers: { ...given, role: 'write' } } },
    });
    await step('GET', `${api}/organization/acme/team/readers/permissions`, {
      status: 200,
      body: { permissions: [{ repository: { name: 'web', is_public: false }, role: 'write' }] },
    });
    const robot = {
      role: 'write',
      name: 'acme+deployer',
      is_robot: true,
      avatar: avatar('robot', 'acme+deployer'),
      is_org_member: true,
    };
    const admin = { role: 'admin', name: 'admin', is_robot: false, avatar: adminAvatar, is_org_member: true };
    await step('PUT', `${user}/acme+deployer`, { status: 200, body: robot }, { body: { role: 'write' } });
    await step('GET', `${user}/acme+deployer`, { status: 200, body: robot });
    await step('GET', `${user}/`, {
      status: 200,
      body: { permissions: { admin, 'acme+deployer': robot } },
    });
    await step('GET', `${api}/organization/acme/robots/deployer/permissions`, {
      status: 200,
      body: { permissions: [{ repository: { name: 'web', is_public: false }, role: 'write' }] },
    });
    await step('PUT', `${user}/nobody`, problem(400, 'invalid_request'), { body: { role: 'read' } });
    await step('DELETE', `${user}/acme+deployer`, { status: 204 });
    await step('DELETE', `${user}/acme+deployer`, problem(400, 'invalid_request'));
    await step('DELETE', team, { status: 204 });
    await step('GET', team, problem(400, 'invalid_request'));
  });

  test('who may not is told so', async () => {
    const nobody = stepsAt(() => server().url);
    const wrong = stepsAt(
      () => server().url,
      () => ({ authorization: `Bearer ${'X'.repeat(40)}` }),
    );
    for (const stranger of [nobody, wrong]) {
      await stranger('GET', repositoryPath, problem(401, 'invalid_token'));
      await stranger('GET', `${api}/user/`, problem(401, 'invalid_token', { session_required: false }));
    }
    const created = await step(
      'POST',
      `${api}/organization/acme/applications`,
      {
        status: 200,
        body: {
          name: 'terraform',
          description: '',
          application_uri: '',
          client_id: /^[A-Z0-9]{20}$/,
          client_secret: /^[A-Z0-9]{40}$/,
          redirect_uri: '',
          avatar_email: null,
        },
      },
      { body: { name: 'terraform' } },
    );
    const minted = await step(
      'POST',
      `${api}/organization/acme/applications/${created.json.client_id}/tokens`,
      {
        status: 200,
        body: {
          uuid: /^[0-9a-f-]{36}$/,
          name: 'read only',
          scope: 'repo:read',
          expires_at: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
          created: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
          created_by: 'admin',
          last_accessed: null,
          token: /^[A-Za-z0-9]{40}$/,
        },
      },
      { body: { name: 'read only', scope: 'repo:read' } },
    );
    assert.notEqual(minted.json.token, token());
    const reader = stepsAt(
      () => server().url,
      () => ({ authorization: `Bearer ${minted.json.token}` }),
    );
    const readOnly = { ...repository, description: 'new', can_write: false, can_admin: false };
    await reader('GET', `${repositoryPath}?includeTags=false`, { status: 200, body: readOnly });
    await reader('DELETE', repositoryPath, problem(403, 'insufficient_scope'));
    await reader('PUT', repositoryPath, problem(403, 'insufficient_scope'), { body: { description: 'x' } });
    await reader('PUT', teamPath, problem(403, 'insufficient_scope'), { body: { role: 'admin' } });
  });

  test('paths with and without a slash at the end', async () => {
    for (const path of [
      '/organization/acme',
      '/repository/acme/web',
      '/repository/acme/web/permissions/team',
      '/organization/acme/team/readers/members',
      '/user',
    ]) {
      const { json } = await step('GET', `${api}${path}`, { status: 200, body: isObject });
      await step('GET', `${api}${path}/`, { status: 200, body: json, headers: { location: undefined } });
    }
    const listed = await step('GET', `${api}/repository?namespace=acme`, { status: 200, body: isObject });
    await step('GET', `${api}/repository/?namespace=acme`, { status: 200, body: listed.json });
    const taken = { body: { name: 'acme' } };
    await step('POST', `${api}/organization`, problem(400, 'invalid_request'), taken);
    await step('POST', `${api}/organization/`, problem(400, 'invalid_request'), taken);
  });

  test('bodies as clients of several languages send them', async () => {
    const body = { repository: 'own', visibility: 'private', description: '' };
    const made = { namespace: 'admin', name: 'own', kind: 'image' };
    const path = `${api}/repository`;
    await step('POST', path, problem(400, 'invalid_request'), { body: { ...body, description: undefined } });
    await step('POST', path, problem(400, 'invalid_request'), {
      body,
      headers: { 'content-type': 'text/plain' },
    });
    await step('POST', path, problem(400, 'invalid_request'));
    const typed = { 'content-type': 'application/json; charset=utf-8' };
    await step('POST', path, { status: 201, body: made }, { body: { ...body, more: [1] }, headers: typed });
    await step('DELETE', `${path}/admin/own`, { status: 204 }, { body: {} });
    const own = { body: { ...body, namespace: null, repo_kind: null } };
    await step('POST', path, { status: 201, body: made }, own);
    await step('DELETE', `${path}/admin/own`, { status: 204 }, { headers: typed });
    await step('PUT', `${teamPath}/members/acme+deployer`, problem(400, 'invalid_request'));
    await step('DELETE', `${teamPath}/members/acme+deployer`, { status: 204 });
    await step('PUT', `${teamPath}/members/acme+deployer`, { status: 200, body: member('acme+deployer') });
  });

  test('everything is destroyed', async () => {
    await step('DELETE', repositoryPath, { status: 204 });
    await step('GET', repositoryPath, problem(404, 'not_found'));
    await step('DELETE', teamPath, { status: 204 });
    await step('DELETE', teamPath, problem(400, 'invalid_request'));
    await step('GET', `${teamPath}/members`, problem(404, 'not_found'));
    const robot = `${api}/organization/acme/robots/deployer`;
    await step('DELETE', robot, { status: 204 });
    await step('GET', robot, problem(400, 'invalid_request'));
    await step('DELETE', `${api}/organization/acme`, { status: 204 });
    await step('GET', `${api}/organization/acme`, problem(404, 'not_found'));
    await step('DELETE', `${api}/organization/acme`, problem(403, 'insufficient_scope'));
  });
});
