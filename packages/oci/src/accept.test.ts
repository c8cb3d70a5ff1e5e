import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptAllows, listAcceptableKinds, parseAccept } from './accept.ts';
import { type ManifestKind, mediaTypes } from './media-types.ts';

const { schema1, schema1Signed, schema2, list, ociManifest, ociIndex } = mediaTypes;

interface Case {
  readonly title: string;
  readonly header: string | readonly string[] | undefined;
  readonly stored: ManifestKind;
  readonly kinds: readonly ManifestKind[];
}

const cases: readonly Case[] = [
  { title: 'no header keeps OCI', header: undefined, stored: 'oci-index', kinds: ['oci-index'] },
  {
    title: 'no header converts schema 2',
    header: undefined,
    stored: 'schema2',
    kinds: ['schema1-signed', 'schema1'],
  },
  {
    title: 'plain JSON converts a list',
    header: 'application/json',
    stored: 'list',
    kinds: ['schema1-signed', 'schema1'],
  },
  { title: 'plain JSON keeps schema 1', header: 'application/json', stored: 'schema1', kinds: ['schema1'] },
  { title: 'curl gets what is stored', header: '*/*', stored: 'schema2', kinds: ['schema2'] },
  { title: 'application/* too', header: 'text/html, application/*;q=0.1', stored: 'list', kinds: ['list'] },
  {
    title: 'the stored type is named',
    header: [ociIndex, ociManifest],
    stored: 'oci-manifest',
    kinds: ['oci-manifest'],
  },
  {
    title: 'parameters and case do not matter',
    header: `${schema2.toUpperCase()}; a=b`,
    stored: 'schema2',
    kinds: ['schema2'],
  },
  { title: 'an image out of a list', header: schema2, stored: 'list', kinds: ['schema2'] },
  {
    title: 'an image out of an index',
    header: [`${schema2}, ${ociManifest}`],
    stored: 'oci-index',
    kinds: ['oci-manifest', 'schema2'],
  },
  {
    title: 'signed schema 1',
    header: `${schema1Signed}, application/json`,
    stored: 'schema2',
    kinds: ['schema1-signed'],
  },
  { title: 'signatures taken off', header: schema1, stored: 'schema1-signed', kinds: ['schema1'] },
  { title: 'an index is never made', header: list, stored: 'schema2', kinds: [] },
  { title: 'nothing fits', header: 'text/html', stored: 'oci-manifest', kinds: [] },
  { title: 'q=0 refuses', header: `*/*, ${schema2};q=0`, stored: 'schema2', kinds: [] },
  {
    title: 'q=0 of a range refuses what it covers',
    header: 'application/*; q=0.000, */*',
    stored: 'schema2',
    kinds: [],
  },
  { title: 'another q is ignored', header: `${schema2};q=0.001`, stored: 'schema2', kinds: ['schema2'] },
  { title: 'garbage is left out', header: `;;, ,${schema2},x`, stored: 'schema2', kinds: ['schema2'] },
];

for (const { title, header, stored, kinds } of cases) {
  test(title, () => assert.deepEqual(listAcceptableKinds(parseAccept(header), stored), kinds));
}

test('a header of many items costs little and only its first 256 count', () => {
  const accept = parseAccept(`${'a/b,'.repeat(300)}${schema2}`);
  assert.equal(acceptAllows(accept, schema2), false);
});
