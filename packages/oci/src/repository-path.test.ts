import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRepositoryPath } from './repository-path.ts';

const standard = { librarySupport: true, libraryNamespace: 'library', extendedNames: true };
const classic = { ...standard, extendedNames: false };
const withoutLibrary = { ...standard, librarySupport: false };

const taken = [
  { path: 'acme/app', options: standard, namespace: 'acme', name: 'app' },
  { path: 'acme/app', options: classic, namespace: 'acme', name: 'app' },
  { path: 'acme/team/app', options: standard, namespace: 'acme', name: 'team/app' },
  { path: 'ubuntu', options: standard, namespace: 'library', name: 'ubuntu' },
  { path: 'ubuntu', options: { ...standard, libraryNamespace: 'base' }, namespace: 'base', name: 'ubuntu' },
  { path: 'library/ubuntu', options: withoutLibrary, namespace: 'library', name: 'ubuntu' },
];

for (const { path, options, namespace, name } of taken) {
  test(`${path} is ${namespace} and ${name}`, () => {
    assert.deepEqual(parseRepositoryPath(path, options), { namespace, name });
  });
}

const refused = [
  { path: 'ubuntu', options: withoutLibrary, reason: 'namespace_required' },
  { path: 'acme/team/app', options: classic, reason: 'name_invalid' },
  { path: '', options: standard, reason: 'name_invalid' },
  { path: '/app', options: standard, reason: 'name_invalid' },
  { path: 'acme/', options: standard, reason: 'name_invalid' },
  { path: 'a/app', options: standard, reason: 'name_invalid' },
  { path: 'quay.io:5000/app', options: standard, reason: 'name_invalid' },
  { path: '../app', options: standard, reason: 'name_invalid' },
  { path: 'acme/..', options: standard, reason: 'name_invalid' },
];

for (const { path, options, reason } of refused) {
  test(`${JSON.stringify(path)} is refused as ${reason}`, () => {
    assert.throws(() => parseRepositoryPath(path, options), { reason });
  });
}
