/** A saved configuration without what stays in the file of each node. */
export interface ConfigurationContent {
  /** `config.yaml`. */
  readonly source: string;
  /** The other files by their path in the directory, as base64. */
  readonly files: Readonly<Record<string, string>>;
}

/** What is known of a version without reading it. */
export interface ConfigurationVersionEntry {
  /** Grows by one. */
  readonly number: number;
  /** SHA-256 of what it says, hex. */
  readonly digest: string;
  /** `file`: a node found it in its directory when it started. */
  readonly source: 'file' | 'api' | 'rollback';
  /** Who saved it; null for a file and the command line. */
  readonly author: string | null;
  readonly note: string;
  readonly createdMs: number;
}

export interface ConfigurationVersion extends ConfigurationVersionEntry {
  readonly content: ConfigurationContent;
}

/** What a node reported last. */
export interface ConfigurationNode {
  readonly nodeId: string;
  readonly hostname: string;
  /** The version in its directory; null before it had one. */
  readonly version: number | null;
  readonly state: 'running' | 'restart_needed' | 'refused';
  /** Keys that wait for a restart, or why the version was refused. */
  readonly detail: string;
  readonly reportedMs: number;
}
