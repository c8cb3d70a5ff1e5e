import type { ListenAddress } from '#/cli/parse-listen-address.ts';

/** Parts of the server that can run alone. */
export const roles = ['registry', 'api', 'workers'] as const;
export type Role = (typeof roles)[number];

/** What the command line says about a run of the server. */
export interface ServeOptions {
  /** Never empty, no duplicates. */
  readonly roles: readonly Role[];
  readonly listen: ListenAddress;
  /** Of HTTPS; undefined: port 443 of the same host, if there is a certificate. */
  readonly listenTls: ListenAddress | undefined;
  /** Of HTTPS behind proxies that speak the PROXY protocol. */
  readonly listenTlsProxy: ListenAddress | undefined;
  readonly metricsListen: ListenAddress;
  /** Absolute. */
  readonly dataDirectory: string;
  /** `--config DIR`, absolute. */
  readonly configDirectory: string | undefined;
}
