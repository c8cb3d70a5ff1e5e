import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { openHostileServer, repository } from './hostile-server.ts';
import { sendRaw } from './raw-http.ts';

/*
 * Long texts that are nearly right, at every place where a text from outside is parsed: the time to refuse them grows with their
 * length only, never with its square.
 */

const hostile = await openHostileServer();
const { server, request, anonymous } = hostile;
afterEach(hostile.checkUnharmed);

const sizeBytes = 60_000;
const limitMs = 1000;
const v2 = `/v2/${repository}`;
const blob = `${v2}/blobs/sha256:${'a'.repeat(64)}`;

/** The unit as often as fits, with an end that spoils it. */
const nearly = (unit: string, end = '!', start = ''): string =>
  start + unit.repeat(Math.floor((sizeBytes - start.length - end.length) / unit.length)) + end;

/** A busy machine may hold up one attempt; what grows with the square of its length is slow each time. */
async function expectQuick(
  what: string,
  call: () => Promise<{ readonly tookMs: number; readonly status: number }>,
): Promise<void> {
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && fastestMs >= limitMs; attempt += 1) {
    const { tookMs, status } = await call();
    assert.ok(status >= 200 && status < 500, `${what}: ${status}`);
    fastestMs = Math.min(fastestMs, tookMs);
  }
  assert.ok(fastestMs < limitMs, `${what} took ${fastestMs} ms`);
}

const headerLines: Readonly<Record<string, readonly string[]>> = {
  Authorization: [
    nearly('A', '!', 'Basic '),
    nearly(' ', '!', 'Basic'),
    nearly(' ', '!', 'Bearer'),
    nearly('a', '!', 'Bearer '),
    nearly('a.', '!', 'Bearer '),
    nearly('.', '!', 'Bearer '),
    `Basic ${Buffer.from(nearly('+', ':x')).toString('base64').slice(0, sizeBytes)}`,
    `Basic ${Buffer.from(nearly('@', ':x')).toString('base64').slice(0, sizeBytes)}`,
  ],
  Range: [
    nearly('0-0,', '', 'bytes='),
    nearly(' ', '!', 'bytes='),
    nearly('-', '', 'bytes='),
    nearly('\t', '=x', 'bytes'),
  ],
  'If-None-Match': [nearly('"a",'), nearly(','), nearly('W/')],
  Accept: [
    nearly('a/a,'),
    nearly('a/'),
    nearly(';q=0'),
    nearly(' ', '!', 'a/b;q='),
    nearly('0', 'x', 'a/b;q=0.'),
  ],
  'User-Agent': [nearly('docker/'), nearly('docker/999999.999999.'), nearly('9', 'x', 'docker/')],
  'Content-Type': [
    nearly('; '),
    nearly('a/'),
    nearly('a=b;', '', 'application/json;'),
    nearly('"', '', 'a/b;c='),
  ],
  'X-Forwarded-For': [nearly(','), nearly('1.', ''), nearly(' ', ',x'), nearly(':'), nearly('[')],
  'X-Request-Id': [nearly('a')],
  Expect: [nearly('100-continue,')],
  Cookie: [nearly('a=b; ')],
};

for (const [name, values] of Object.entries(headerLines)) {
  test(`long values of ${name}`, async () => {
    for (const value of values) {
      const what = `${name}: ${value.slice(0, 20)}`;
      if (name !== 'Authorization') {
        await expectQuick(what, () => request(`GET ${blob}`, [`${name}: ${value}`]));
        await expectQuick(what, () => request(`GET ${v2}/manifests/t`, [`${name}: ${value}`]));
        await expectQuick(what, () =>
          request(`PUT ${v2}/manifests/t`, [`${name}: ${value}`, 'Content-Length: 2'], '{}'),
        );
      }
      await expectQuick(what, () =>
        anonymous('GET /v2/auth?scope=repository:a/b:pull', [`${name}: ${value}`]),
      );
      await expectQuick(what, () => anonymous('GET /v2/', [`${name}: ${value}`]));
    }
  });
}

test('long values of Content-Range', async () => {
  for (const value of [
    nearly(' ', 'x', 'bytes'),
    nearly('0', '-x'),
    nearly('0-', 'x'),
    nearly('\t', 'x', 'bytes '),
  ]) {
    for (const name of ['Content-Range', 'Range']) {
      const lines = [`${name}: ${value}`, 'Content-Length: 2'];
      await expectQuick(value.slice(0, 20), () => request(`PATCH ${v2}/blobs/uploads/x`, lines, 'ab'));
    }
  }
});

test('long values of Host', async () => {
  for (const value of [nearly('a.'), nearly('a'), nearly(':', ''), nearly('[:', ''), nearly('0', '', 'a:')]) {
    const bytes = `GET /v2/ HTTP/1.1\r\nHost: ${value}\r\nConnection: close\r\n\r\n`;
    await expectQuick(value.slice(0, 20), () => sendRaw(server.port, bytes));
  }
});

test('long paths and queries', async () => {
  const units = [
    'a/',
    'a-',
    '.',
    '-',
    '%61',
    '/',
    'a._',
    '%2f',
    ':',
    '+',
    'tags/list/',
    'blobs/uploads/',
    'manifests/',
  ];
  for (const unit of units) {
    const text = nearly(unit, 'x');
    await expectQuick(`/v2/${unit}`, () => anonymous(`GET /v2/${text}`));
    await expectQuick(`name ${unit}`, () => anonymous(`GET /v2/admin/${text}/tags/list`));
    await expectQuick(`reference ${unit}`, () => request(`GET ${v2}/manifests/${text}`));
    await expectQuick(`digest ${unit}`, () => request(`GET ${v2}/blobs/sha256:${text}`));
    await expectQuick(`upload ${unit}`, () => request(`GET ${v2}/blobs/uploads/${text}`));
    await expectQuick(`last ${unit}`, () => request(`GET ${v2}/tags/list?last=${text}`));
    await expectQuick(`next_page ${unit}`, () => request(`GET /v2/_catalog?next_page=${text}`));
    await expectQuick(`artifactType ${unit}`, () =>
      request(`GET ${v2}/referrers/sha256:${'a'.repeat(64)}?artifactType=${text}`),
    );
    await expectQuick(`scope ${unit}`, () => anonymous(`GET /v2/auth?scope=repository:${text}:pull`));
    await expectQuick(`actions ${unit}`, () => anonymous(`GET /v2/auth?scope=repository:a/b:${text}`));
    await expectQuick(`from ${unit}`, () =>
      request(`POST ${v2}/blobs/uploads/?mount=sha256:${'a'.repeat(64)}&from=${text}&digest-algorithm=x`),
    );
  }
});

test('long fields of a manifest', async () => {
  const descriptor = (more: object = {}) => ({
    mediaType: mediaTypes.ociConfig,
    digest: `sha256:${'a'.repeat(64)}`,
    size: 2,
    ...more,
  });
  const manifests = [
    { config: descriptor({ mediaType: nearly('a.', '/') }) },
    { config: descriptor({ digest: nearly('a', '', 'sha256:') }) },
    { config: descriptor({ digest: nearly('a.', ':a') }) },
    { config: descriptor({ data: nearly('A', '!') }) },
    { artifactType: nearly('a/') },
    { annotations: { 'quay.expires-after': nearly('1', 'x') } },
    { annotations: { [nearly('a.')]: nearly('[', '') } },
    { annotations: { a: '\\"'.repeat(sizeBytes) } },
    { subject: descriptor({ digest: nearly('a+', ':') }) },
  ];
  for (const more of manifests) {
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: descriptor(),
      layers: [],
      ...more,
    });
    const lines = [`Content-Type: ${mediaTypes.ociManifest}`, `Content-Length: ${body.length}`];
    await expectQuick(JSON.stringify(more).slice(0, 60), () => request(`PUT ${v2}/manifests/t`, lines, body));
  }
});
