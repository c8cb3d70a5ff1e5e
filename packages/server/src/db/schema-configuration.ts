/* Rows of the configuration's history; conventions in schema.ts. */

/** A configuration that was saved or found in a directory at a start; numbers grow by one. */
export interface ConfigurationVersionsTable {
  number: number;
  /** `config.yaml`, encrypted with DATABASE_SECRET_KEY. */
  content_encrypted: string;
  /** JSON of the other files by name, as base64, encrypted in the same way. */
  files_encrypted: string;
  /** SHA-256 of both in clear, hex. */
  digest: string;
  source: 'file' | 'api' | 'rollback';
  /** Who saved it; null for a file. */
  author: string | null;
  note: string;
  created_ms: number;
}

/** The version that a node runs, as it reported last. */
export interface ConfigurationNodesTable {
  node_id: string;
  hostname: string;
  version: number | null;
  state: 'running' | 'restart_needed' | 'refused';
  /** Keys that wait for a restart, or why the version was refused. */
  detail: string;
  reported_ms: number;
}
