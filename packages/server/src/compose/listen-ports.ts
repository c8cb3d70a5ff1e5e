/** Ports of a node; 0 lets the system choose. */
export interface ListenPorts {
  readonly plain: number;
  /** Undefined: 443, or 8443 where that is not allowed; after listening: there is no such listener. */
  readonly tls: number | undefined;
  readonly tlsProxy: number | undefined;
}
