/** One change of a source file: `from` must be there exactly once. */
interface Patch {
  /** Below `src/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A bug of the kind that collection must not have, planted into a copy of the product. */
export interface Mutant {
  readonly name: string;
  readonly patches: readonly Patch[];
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the deletion of a blob does not look again whether something needs it',
    patches: [
      {
        file: 'domain/blobs/queries/unused-blobs.ts',
        from: 'if (inManifest !== undefined || linked !== undefined) return false;',
        to: '',
      },
    ],
  },
  {
    name: 'the record of a deletion goes before the object',
    patches: [
      {
        file: 'domain/blobs/remove-object.ts',
        from: '  await driver.remove(deletion.path);\n',
        to: '  await database.transaction((db) => finishDeletion(db, deletion.id, owner));\n  await driver.remove(deletion.path);\n',
      },
    ],
  },
  {
    name: 'a push looks whether the object exists before it reserves the digest',
    patches: [
      {
        file: 'domain/blobs/store-blob.ts',
        from: '  for (let round = 0; round < mostRounds; round += 1) {\n',
        to: '  const isThere = (await location.driver.stat(blobPath(digest))) !== undefined;\n  await location.driver.readSmall(blobPath(digest)).catch(() => undefined);\n  for (let round = 0; round < mostRounds; round += 1) {\n',
      },
      {
        file: 'domain/blobs/store-blob.ts',
        from: '      input.place(blobPath(digest)),\n',
        to: '      isThere ? Promise.resolve() : input.place(blobPath(digest)),\n',
      },
    ],
  },
  {
    name: 'a push does not wait for the deleter of its digest',
    patches: [
      {
        file: 'domain/blobs/queries/blob-deletions.ts',
        from: "    .where('id', '=', id)\n    .where('state', '=', 'pending')\n",
        to: "    .where('id', '=', id)\n",
      },
      {
        file: 'domain/blobs/queries/blob-deletions.ts',
        from: "    .where('location_id', '=', locationId)\n    .where('state', '=', 'pending')\n",
        to: "    .where('location_id', '=', locationId)\n",
      },
    ],
  },
  {
    name: 'a deleter whose lease ran out is not fenced',
    patches: [
      {
        file: 'domain/blobs/remove-object.ts',
        from: '  if (leaseExpiresMs - clock.nowMs() < deletionMarginMs) return false;\n',
        to: '',
      },
    ],
  },
  {
    name: 'manifests are removed as it was planned before the lock',
    patches: [
      {
        file: 'domain/gc/remove-tags.ts',
        from: 'const unkept = await listUnkeptManifests(db, level);',
        to: 'const unkept = level.filter((id) => plan.manifestIds.has(id));',
      },
    ],
  },
  {
    name: 'a removed manifest leaves nothing that leads to its blobs',
    patches: [
      {
        file: 'domain/gc/remove-tags.ts',
        from: '    await leaveExpiredLinks(db, { repositoryId, blobIds, nowMs });\n',
        to: '',
      },
    ],
  },
  {
    name: 'a removed index forgets the children that another transaction must remove',
    patches: [
      {
        file: 'domain/gc/plan-removal.ts',
        from: 'const mostManifests = 200;',
        to: 'const mostManifests = 1;',
      },
      {
        file: 'domain/gc/remove-tags.ts',
        from: '    await leaveEndedTags(db, { repositoryId, manifestIds: later, endMs: nowMs - clockSkewMs });\n',
        to: '    if (later.length > 1000) return removed;\n',
      },
    ],
  },
  {
    name: 'the purge of a repository drops the links of blobs that only a lease keeps',
    patches: [
      {
        file: 'domain/blobs/queries/unused-blobs.ts',
        from: '  await leaveExpiredLinks(db, { repositoryId, blobIds: [blobId], nowMs });\n  return false;\n',
        to: '  return true;\n',
      },
    ],
  },
];
