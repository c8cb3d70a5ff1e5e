import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScope, splitScopes } from './scope.ts';

const options = { serverHostname: 'quay.example:5000' };

const taken: readonly (readonly [scope: string, path: string, actions: readonly string[]])[] = [
  ['repository:acme/app:pull', 'acme/app', ['pull']],
  ['repository:acme/app:pull,push', 'acme/app', ['pull', 'push']],
  ['repository:acme/app:push,push,*,delete', 'acme/app', ['push', '*', 'delete']],
  ['repository:ubuntu:pull', 'ubuntu', ['pull']],
  ['repository:a/b/c:pull', 'a/b/c', ['pull']],
  ['repository:quay.example:5000/acme/app:pull', 'acme/app', ['pull']],
  ['repository:other.example/app:pull', 'other.example/app', ['pull']],
  ['repository:BAD:pull', 'BAD', ['pull']],
];

for (const [scope, path, actions] of taken) {
  test(scope, () => {
    const parsed = parseScope(scope, options);
    assert.ok(parsed.kind === 'repository');
    assert.equal(parsed.path, path);
    assert.deepEqual([...parsed.actions], actions);
    assert.equal(`repository:${parsed.requestedName}:`, scope.slice(0, scope.lastIndexOf(':') + 1));
  });
}

test('a host is stripped only if it is this registry', () => {
  const parsed = parseScope('repository:quay.example/acme/app:pull', { serverHostname: 'quay.example' });
  assert.ok(parsed.kind === 'repository' && parsed.path === 'acme/app');
  const unset = parseScope('repository:quay.example/acme/app:pull', { serverHostname: undefined });
  assert.ok(unset.kind === 'repository' && unset.path === 'quay.example/acme/app');
});

for (const scope of ['registry:catalog:*', 'repository(plugin):acme/app:pull']) {
  test(`${scope} is ignored`, () => assert.deepEqual(parseScope(scope, options), { kind: 'ignored' }));
}

const refused = [
  '',
  'repository',
  'repository:acme/app',
  'repository::pull',
  'repository:acme/app:',
  'repository:acme/app:pull,',
  'repository:acme/app:fly',
  'repository:other.example:5000/acme/app:pull',
  'repository:quay.example:5000/:pull',
  'aci:acme/app:pull',
  'registry:other:*',
  `repository:${'a'.repeat(1100)}:pull`,
];

for (const scope of refused) {
  test(`${JSON.stringify(scope.slice(0, 50))} is refused`, () => {
    assert.throws(() => parseScope(scope, options), { reason: 'scope_invalid' });
  });
}

test('one parameter may hold several scopes', () => {
  assert.deepEqual(splitScopes(['a:b:c d:e:f', '', ' g:h:i ']), ['a:b:c', 'd:e:f', 'g:h:i']);
});
