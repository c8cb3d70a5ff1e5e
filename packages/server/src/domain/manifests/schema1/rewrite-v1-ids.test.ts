import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Digest, parseDigest, type Schema1Layer } from '@wharf/oci';
import { rewriteV1Ids } from './rewrite-v1-ids.ts';

const digestA = parseDigest(`sha256:${'a'.repeat(64)}`);
const digestB = parseDigest(`sha256:${'b'.repeat(64)}`);
const digestC = parseDigest(`sha256:${'c'.repeat(64)}`);

function layer(digest: Digest, v1: { id: string; parent?: string; [key: string]: unknown }): Schema1Layer {
  return { digest, v1Compatibility: JSON.stringify(v1), id: v1.id, parent: v1.parent };
}

const base = layer(digestA, { id: 'base' });
const middle = layer(digestB, {
  id: 'middle',
  parent: 'base',
  container_config: { Image: 'base', Cmd: ['x'] },
});
const top = layer(digestC, { id: 'top', parent: 'middle', container_config: { Image: 'middle' } });
const leafFirst = [top, middle, base];

test('ids that are free or stand for the same blob stay', () => {
  assert.deepEqual(rewriteV1Ids(leafFirst, new Map([['base', digestA]])), leafFirst);
});

test('from the first id that stands for another blob on, all ids are new', () => {
  const result = rewriteV1Ids(leafFirst, new Map([['middle', digestC]]));
  const upToMiddle = `${digestA}@${base.v1Compatibility}|${digestB}@${middle.v1Compatibility}|`;
  const middleId = createHash('sha256').update(upToMiddle).digest('hex');
  const topId = createHash('sha256').update(`${upToMiddle}${digestC}@${top.v1Compatibility}|`).digest('hex');
  assert.deepEqual(
    result.map(({ id, parent, digest }) => [id, parent, digest]),
    [
      [topId, middleId, digestC],
      [middleId, 'base', digestB],
      ['base', undefined, digestA],
    ],
  );
  assert.deepEqual(JSON.parse(result[0]?.v1Compatibility ?? ''), {
    id: topId,
    parent: middleId,
    container_config: { Image: middleId },
  });
  assert.deepEqual(JSON.parse(result[1]?.v1Compatibility ?? ''), {
    id: middleId,
    parent: 'base',
    container_config: { Image: 'base', Cmd: ['x'] },
  });
});

test('one id for two blobs of the same image is such a conflict too', () => {
  const again = layer(digestB, { id: 'base', parent: 'base' });
  const [first, second] = rewriteV1Ids([again, base], new Map());
  assert.equal(second?.id, 'base');
  assert.match(first?.id ?? '', /^[0-9a-f]{64}$/);
  assert.equal(first?.parent, 'base');
});
