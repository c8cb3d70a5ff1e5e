import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { isSharedFile, isUploadableFile } from '#/config/directory/node-local.ts';
import { changedNames, digestOf, readDirectory } from '#/config/directory/read-directory.ts';
import { findWriteFault, writeDirectory } from '#/config/directory/write-directory.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const scratch = scratchDirectory();
let count = 0;
let directory = '';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a directory of configuration', () => {
  beforeEach(async () => {
    count += 1;
    directory = join(scratch, String(count));
    await mkdir(directory);
    await writeFile(join(directory, 'config.yaml'), 'DB_URI: sqlite:///x\nREGISTRY_TITLE: a\n');
  });

  test('changes only what differs between two versions', async () => {
    await writeFile(join(directory, 'ssl.cert'), 'renewed by hand');
    await writeFile(join(directory, 'ldap.crt'), 'old');
    await writeFile(join(directory, 'notes.txt'), 'mine');
    await writeFile(join(directory, '.config.yaml.wharf-new-999999999-x'), 'half');
    await writeDirectory(directory, {
      source: 'REGISTRY_TITLE: b\n',
      from: { 'ssl.cert': base64('one'), 'ldap.crt': base64('old') },
      to: { 'ssl.cert': base64('one'), 'extra_ca_certs/ours.crt': base64('ca') },
    });
    assert.equal(await readFile(join(directory, 'ssl.cert'), 'utf8'), 'renewed by hand');
    assert.equal(await readFile(join(directory, 'extra_ca_certs/ours.crt'), 'utf8'), 'ca');
    assert.deepEqual((await readdir(directory)).sort(), [
      'config.yaml',
      'extra_ca_certs',
      'notes.txt',
      'ssl.cert',
    ]);
    assert.equal((await stat(join(directory, 'config.yaml'))).mode & 0o777, 0o600);
  });

  test('is read without what stays with the node and what is no configuration', async () => {
    await writeFile(join(directory, 'database.pem'), 'ca of the database');
    await writeFile(join(directory, 'ssl.key'), 'key');
    await writeFile(join(directory, 'ldap.crt'), 'x'.repeat(600 * 1024));
    await mkdir(join(directory, 'extra_ca_certs'));
    await writeFile(join(directory, 'extra_ca_certs/..evil'), 'x');
    await symlink('/nowhere', join(directory, 'jwt-authn.cert'));
    const { content } = await readDirectory(directory);
    assert.deepEqual(content, { source: 'REGISTRY_TITLE: a\n', files: { 'ssl.key': base64('key') } });
  });

  test('says the same in another notation', async () => {
    const a = { source: 'A: yes # really\nB: {x: 1, y: 2}\n', files: {} };
    const b = { source: 'B:\n  y: 2\n  x: 1\nA: true\n', files: {} };
    assert.equal(digestOf(a), digestOf(b));
    assert.notEqual(digestOf(a), digestOf({ ...b, files: { 'ssl.cert': '' } }));
    assert.deepEqual(
      changedNames(a, { source: 'A: false\nC: 1\nB: {x: 1, y: 2}\n', files: { 'ssl.key': 'AA' } }),
      ['A', 'C', 'ssl.key'],
    );
  });

  test('that cannot be written is told from one that can', async () => {
    assert.equal(await findWriteFault(directory), undefined);
    assert.match((await findWriteFault(join(directory, 'missing'))) ?? '', /ENOENT/);
    if (process.getuid?.() === 0) return;
    await chmod(directory, 0o500);
    assert.match((await findWriteFault(directory)) ?? '', /EACCES/);
  });
});

const names: readonly (readonly [string, boolean, boolean])[] = [
  ['ssl.cert', true, true],
  ['database.pem', true, false],
  ['cdn-cloudfront-signing-key.pem', true, true],
  ['extra_ca_certs/company.crt', false, true],
  ['config.yaml', false, false],
  ['../ssl.cert', false, false],
  ['a/../../x-cloudfront-signing-key.pem', false, false],
  ['extra_ca_certs/../config.yaml', false, false],
  ['extra_ca_certs/..', false, false],
  ['ssl.cert\n', false, false],
  ['', false, false],
];
for (const [name, uploadable, shared] of names) {
  test(`${JSON.stringify(name)}: ${uploadable ? 'can' : 'cannot'} be uploaded, is ${shared ? '' : 'not '}shared`, () => {
    assert.deepEqual([isUploadableFile(name), isSharedFile(name)], [uploadable, shared]);
  });
}
