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
  /** With which the model finds it. */
  readonly seed: string;
  readonly patches: readonly Patch[];
}

export const mutants: readonly Mutant[] = [
  {
    name: 'the deletion of a blob does not look again whether something needs it',
    seed: '1',
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
    seed: '1',
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
    seed: '1',
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
    seed: '1',
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
    seed: '1',
    patches: [
      {
        file: 'domain/blobs/remove-object.ts',
        from: '  if (leaseExpiresMs - clock.nowMs() < deletionMarginMs) return false;\n',
        to: '',
      },
    ],
  },
  {
    name: 'a push whose lease ran out is not fenced',
    seed: '1',
    patches: [
      {
        file: 'domain/blobs/store-blob.ts',
        from: '      if (clock.nowMs() > leaseExpiresMs - reservationMarginMs) return false;\n',
        to: '',
      },
    ],
  },
  {
    name: 'the lease of a push does not keep its blob',
    seed: '1',
    patches: [
      {
        file: 'domain/blobs/queries/unused-blobs.ts',
        from: '  if (row.lease_expires_ms + clockSkewMs > nowMs) return false;\n',
        to: '',
      },
    ],
  },
  {
    name: 'the time of a tag is not looked at again',
    seed: '1',
    patches: [
      {
        file: 'domain/gc/remove-tags.ts',
        from: "input.which === 'all' ? input.tagIds : await listEnded(db, repositoryId, input.tagIds, nowMs)",
        to: 'input.tagIds',
      },
    ],
  },
  {
    name: 'a removed manifest leaves nothing that leads to its blobs',
    seed: '1',
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
    seed: '1',
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
    seed: '1',
    patches: [
      {
        file: 'domain/blobs/queries/unused-blobs.ts',
        from: '  await leaveExpiredLinks(db, { repositoryId, blobIds: [blobId], nowMs });\n  return false;\n',
        to: '  return true;\n',
      },
    ],
  },
];
