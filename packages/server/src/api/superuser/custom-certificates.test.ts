import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const boundary = 'wharf-test';

describe('custom certificates', needsPrograms('openssl'), () => {
  const made = scratchDirectory();
  const words =
    'req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 1 -subj /CN=Corp -addext subjectAltName=DNS:corp.example.com';
  execFileSync('openssl', words.split(' '), { cwd: made, stdio: 'pipe' });
  const certificate = readFileSync(join(made, 'c.pem'), 'utf8');

  async function open(t: Parameters<typeof openApi>[0]): Promise<ApiFixture & { configDirectory: string }> {
    const api = await openApi(t);
    await api.createPerson('root', { superuser: true });
    await api.createPerson('alice');
    return { ...api, configDirectory: join(api.dataDirectory, 'test-config') };
  }
  const upload = (api: ApiFixture, name: string, content: string, field = 'file') =>
    api.call('POST', `/superuser/customcerts/${name}`, {
      as: 'root',
      form: `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="../../x.crt"\r\n\r\n${content}\r\n--${boundary}--\r\n`,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
  const list = async (api: ApiFixture) =>
    (await api.call('GET', '/superuser/customcerts', { as: 'root' })).json;

  test('a file is listed with what it handles until it is deleted, and the change log tells both', async (t) => {
    const api = await open(t);
    assert.deepEqual(await list(api), { status: 'none', certs: [] });
    assert.equal((await upload(api, 'corp.crt', certificate)).status, 204);
    const { status, certs } = await list(api);
    assert.equal(status, 'directory');
    assert.equal(certs.length, 1);
    assert.deepEqual(
      { ...certs[0], expires: undefined },
      { path: 'corp.crt', names: ['Corp', 'corp.example.com'], expired: false, expires: undefined },
    );
    assert.match(certs[0].expires, /GMT$/);
    assert.equal((await api.call('DELETE', '/superuser/customcerts/corp.crt', { as: 'root' })).status, 204);
    assert.equal((await api.call('DELETE', '/superuser/customcerts/corp.crt', { as: 'root' })).status, 404);
    assert.deepEqual(await list(api), { status: 'directory', certs: [] });
    const logs = await api.call('GET', '/superuser/logs', { as: 'root' });
    const told = logs.json.logs.filter(({ kind }: { kind: string }) => kind === 'change_configuration');
    assert.deepEqual(
      told.map(({ metadata }: { metadata: { changed: string[] } }) => metadata.changed),
      [['extra_ca_certs/corp.crt'], ['extra_ca_certs/corp.crt']],
    );
  });

  test('a file that is no certificate is taken, and the list says what is wrong with it', async (t) => {
    const api = await open(t);
    assert.equal((await upload(api, 'junk.crt', 'hello')).status, 204);
    assert.deepEqual((await list(api)).certs, [
      { path: 'junk.crt', error: 'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)' },
    ]);
  });

  const hostile = [
    '..%2Fconfig.crt',
    '%2e%2e%2f%2e%2e%2fx.crt',
    '.hidden.crt',
    '-option.crt',
    `${'a'.repeat(81)}.crt`,
    'a%00.crt',
    'a%5Cb.crt',
    'x.pem',
    '.crt',
    `${'a'.repeat(300)}.crt`,
  ];
  for (const name of hostile) {
    test(`the name ${name.slice(0, 30)} writes nothing`, async (t) => {
      const api = await open(t);
      const before = readdirSync(api.configDirectory);
      const answer = await upload(api, name, certificate);
      assert.ok([400, 404].includes(answer.status), String(answer.status));
      assert.deepEqual(readdirSync(api.configDirectory), before);
      const removed = await api.call('DELETE', `/superuser/customcerts/${name}`, { as: 'root' });
      assert.ok([400, 404].includes(removed.status), String(removed.status));
      assert.ok(existsSync(join(api.configDirectory, 'config.yaml')));
    });
  }

  test('what is no form with the file is refused with advice', async (t) => {
    const api = await open(t);
    const other = await upload(api, 'a.crt', certificate, 'other');
    assert.equal(other.status, 400);
    assert.match(other.json.message, /field "file"/);
    const json = await api.call('POST', '/superuser/customcerts/a.crt', {
      as: 'root',
      body: { file: certificate },
    });
    assert.equal(json.status, 400);
    assert.equal((await upload(api, 'a.crt', 'x'.repeat(1_100_000))).status, 413);
    // What is not read back could never be taken out again.
    assert.equal((await upload(api, 'a.crt', 'x'.repeat(600_000))).status, 413);
  });

  test('a single file for all is shown and cannot be changed here', async (t) => {
    const api = await open(t);
    writeFileSync(join(api.configDirectory, 'extra_ca_certs'), certificate);
    const { status, certs } = await list(api);
    assert.deepEqual([status, certs[0].path], ['file', 'extra_ca_certs']);
    const answer = await upload(api, 'a.crt', certificate);
    assert.equal(answer.status, 400);
    assert.match(answer.json.message, /single file/);
  });

  test('nobody else, and no token of a superuser, may see or change them', async (t) => {
    const api = await open(t);
    mkdirSync(join(api.configDirectory, 'extra_ca_certs'));
    const bearer = await api.tokenOf('root', ['super:user']);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/a.crt'],
      ['DELETE', '/a.crt'],
    ] as const) {
      const url = `/superuser/customcerts${path}`;
      assert.equal((await api.call(method, url, { as: 'alice' })).status, 403);
      const byToken = await api.call(method, url, { bearer });
      assert.equal(byToken.status, 403, byToken.text);
      assert.equal((await api.call(method, url)).status, 401);
    }
  });
});
