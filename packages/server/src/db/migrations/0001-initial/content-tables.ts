import {
  bytes,
  flag,
  id,
  integer,
  name,
  nullable,
  oneOf,
  references,
  text,
} from '#/db/migrations/columns.ts';
import type { Table } from '#/db/migrations/create-table.ts';

const digest = () => name(160);
const uuid = () => name(36);

const storageLocations: Table = {
  name: 'storage_locations',
  columns: { id: id(), name: name(255) },
  unique: [['name']],
};

const blobs: Table = {
  name: 'blobs',
  columns: {
    id: id(),
    digest: digest(),
    size_bytes: integer(),
    uncompressed_size_bytes: nullable(integer()),
    legacy_uuid: nullable(name(255)),
    created_ms: integer(),
    lease_expires_ms: integer(),
  },
  unique: [['digest']],
  checks: { ck_blobs_size: 'size_bytes >= 0' },
};

const blobPlacements: Table = {
  name: 'blob_placements',
  columns: {
    blob_id: references('blobs', 'restrict'),
    location_id: references('storage_locations', 'restrict'),
  },
  primaryKey: ['blob_id', 'location_id'],
  indexes: [['location_id']],
};

const blobLinks: Table = {
  name: 'blob_links',
  columns: {
    repository_id: references('repositories', 'cascade'),
    blob_id: references('blobs', 'restrict'),
    expires_ms: integer(),
  },
  primaryKey: ['repository_id', 'blob_id'],
  indexes: [['blob_id'], ['expires_ms']],
};

const hiddenBlobs: Table = {
  name: 'hidden_blobs',
  columns: {
    repository_id: references('repositories', 'cascade'),
    blob_id: references('blobs', 'cascade'),
  },
  primaryKey: ['repository_id', 'blob_id'],
  indexes: [['blob_id']],
};

const blobDeletions: Table = {
  name: 'blob_deletions',
  columns: {
    id: id(),
    digest: digest(),
    location_id: references('storage_locations', 'restrict'),
    path: text(),
    state: oneOf('pending', 'deleting'),
    owner: nullable(name(255)),
    lease_expires_ms: nullable(integer()),
    created_ms: integer(),
  },
  unique: [['digest', 'location_id']],
  indexes: [['location_id'], ['state', 'lease_expires_ms']],
};

const uploads: Table = {
  name: 'uploads',
  columns: {
    id: id(),
    uuid: uuid(),
    repository_id: references('repositories', 'restrict'),
    location_id: references('storage_locations', 'restrict'),
    size_bytes: integer(),
    chunk_count: integer(),
    algorithm: name(32),
    digest_so_far: nullable(digest()),
    hash_state: nullable(bytes()),
    storage_state_json: text(),
    created_ms: integer(),
    updated_ms: integer(),
    lock_owner: nullable(name(255)),
    lock_expires_ms: nullable(integer()),
  },
  unique: [['uuid']],
  indexes: [['repository_id'], ['location_id'], ['updated_ms']],
};

const manifests: Table = {
  name: 'manifests',
  columns: {
    id: id(),
    repository_id: references('repositories', 'restrict'),
    digest: digest(),
    media_type: name(255),
    size_bytes: integer(),
    config_media_type: nullable(name(255)),
    artifact_type: nullable(name(255)),
    subject_digest: nullable(digest()),
    annotations_json: nullable(text()),
    layers_size_bytes: nullable(integer()),
    created_ms: integer(),
    // Last, because SQLite walks over a long value to reach what follows it.
    bytes: bytes(),
  },
  unique: [['repository_id', 'digest']],
  indexes: [
    ['repository_id', 'subject_digest', 'digest'],
    ['repository_id', 'subject_digest', 'artifact_type', 'digest'],
  ],
};

const manifestBlobs: Table = {
  name: 'manifest_blobs',
  columns: {
    repository_id: references('repositories', 'restrict'),
    manifest_id: references('manifests', 'cascade'),
    blob_id: references('blobs', 'restrict'),
  },
  primaryKey: ['manifest_id', 'blob_id'],
  indexes: [['blob_id'], ['repository_id', 'blob_id']],
};

const manifestChildren: Table = {
  name: 'manifest_children',
  columns: {
    repository_id: references('repositories', 'restrict'),
    manifest_id: references('manifests', 'cascade'),
    child_manifest_id: references('manifests', 'restrict'),
  },
  primaryKey: ['manifest_id', 'child_manifest_id'],
  indexes: [['child_manifest_id'], ['repository_id']],
};

const manifestLabels: Table = {
  name: 'manifest_labels',
  columns: {
    id: id(),
    uuid: uuid(),
    repository_id: references('repositories', 'restrict'),
    manifest_id: references('manifests', 'cascade'),
    key: name(255),
    value: text(),
    media_type: oneOf('text/plain', 'application/json'),
    source_type: oneOf('manifest', 'api', 'internal'),
  },
  unique: [['uuid']],
  indexes: [['manifest_id', 'key'], ['repository_id']],
};

const tags: Table = {
  name: 'tags',
  columns: {
    id: id(),
    repository_id: references('repositories', 'restrict'),
    name: name(255),
    manifest_id: references('manifests', 'restrict'),
    start_ms: integer(),
    end_ms: nullable(integer()),
    hidden: flag(),
    reversion: flag(),
    immutable: flag(),
  },
  indexes: [
    ['repository_id', 'name', 'start_ms'],
    ['repository_id', 'start_ms'],
    // Page-numbered lists of the history skip inside this one, and find what they skip by without the rows.
    ['repository_id', 'hidden', 'start_ms desc', 'name', 'end_ms', 'id'],
    // How many of the history have ended is counted here.
    ['repository_id', 'hidden', 'end_ms'],
    // Collection walks over ended tags: hidden ones go at their end, visible ones after a time that differs by namespace.
    ['hidden', 'end_ms', 'id'],
    ['manifest_id', 'end_ms'],
  ],
};

const currentTags: Table = {
  name: 'current_tags',
  columns: {
    repository_id: references('repositories', 'restrict'),
    name: name(255),
    tag_id: references('tags', 'restrict'),
  },
  primaryKey: ['repository_id', 'name'],
  unique: [['tag_id']],
};

/** What is stored: blobs, uploads, manifests and tags. */
export const contentTables: readonly Table[] = [
  storageLocations,
  blobs,
  blobPlacements,
  blobLinks,
  hiddenBlobs,
  blobDeletions,
  uploads,
  manifests,
  manifestBlobs,
  manifestChildren,
  manifestLabels,
  tags,
  currentTags,
];
