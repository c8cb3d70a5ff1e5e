/** What a server of the run is there for. */
export type Role = 'wharf' | 'peer' | 'limit';

/** A running server that load is sent to. */
export interface Target {
  readonly name: string;
  readonly role: Role;
  readonly url: URL;
  /** First process of the server; undefined when it runs elsewhere. */
  readonly pid: number | undefined;
  /** Namespace that the bench may push to, with its slash; empty where there is none. */
  readonly namespace: string;
  /** Header lines that authorise the scopes: a bearer token, or nothing. */
  authorize(...scopes: readonly string[]): Promise<string>;
  /** Header lines of a password log-in; undefined where there are no accounts. */
  readonly logIn?: { readonly path: string; readonly headers: string };
  /** Puts the bytes of a blob where they are served; only servers that are no registry have it. */
  place?(repository: string, digest: string, pieces: Iterable<Buffer>): Promise<void>;
  /** Stops the server and removes what it stored. */
  dispose(): Promise<void>;
}

/** A server that can be started, fresh and empty, for every case. */
export interface TargetKind {
  readonly name: string;
  readonly role: Role;
  start(): Promise<Target>;
  /** Starts it again and again on one data directory and returns the milliseconds to the first answer; absent for remote peers. */
  measureStart?(times: number): Promise<readonly number[]>;
}
