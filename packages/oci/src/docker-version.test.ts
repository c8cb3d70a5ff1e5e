import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDockerVersion, matchesVersionSpec, parseVersionSpec } from './docker-version.ts';

const agents: readonly (readonly [agent: string, version: readonly number[] | undefined])[] = [
  ['docker/1.6.0 go/go1.4.2', [1, 6, 0]],
  ['docker/1.6', [1, 6, 0]],
  ['docker/17.03.1-ce go/go1.7.5', [17, 3, 1]],
  ['curl docker/1.5.0 x docker/1.9.0', [1, 5, 0]],
  ['Go 1.1 package http', [1, 5, 0]],
  ['Go 1.1 package http ', undefined],
  ['containers/5.16.0 (github.com/containers/image)', undefined],
  ['docker/x', undefined],
  ['', undefined],
];

for (const [agent, version] of agents) {
  test(`agent ${JSON.stringify(agent)}`, () => assert.deepEqual(findDockerVersion(agent), version));
}

const specs: readonly (readonly [
  spec: string,
  version: readonly [number, number, number],
  matches: boolean,
])[] = [
  ['<1.6.0', [1, 5, 9], true],
  ['<1.6.0', [1, 6, 0], false],
  ['<1.6.0', [1, 10, 0], false],
  ['<=1.6', [1, 6, 0], true],
  ['>=1.0.0, <1.6.0', [0, 9, 9], false],
  ['>=1.0.0, <1.6.0', [1, 0, 0], true],
  ['>1', [1, 0, 1], true],
  ['==17.3.1', [17, 3, 1], true],
  ['!=17.3.1', [17, 3, 1], false],
];

for (const [spec, version, matches] of specs) {
  test(`${version.join('.')} and ${spec}`, () => {
    assert.equal(matchesVersionSpec(version, parseVersionSpec(spec)), matches);
  });
}

test('a malformed specification is refused', () => {
  for (const spec of ['', '1.6.0', '<', '<1.6.0,', '~1.6', '<1.6.0.0', '<a']) {
    assert.throws(() => parseVersionSpec(spec), { reason: 'version_spec_invalid' }, spec);
  }
});
