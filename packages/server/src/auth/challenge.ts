/** What a 401 on `/v2` asks of the client (registry reference B1). */
export interface Challenge {
  /** Scheme and host of this registry without a trailing slash. */
  readonly baseUrl: string;
  /** The audience that tokens must be made for. */
  readonly service: string;
  /** `repository:<path>:<actions>`; absent where no repository is named. */
  readonly scope?: string | undefined;
  readonly error?: 'invalid_token' | 'insufficient_scope' | undefined;
}

// A quoted-string could be ended early by these; the parts come from the configuration, a checked Host or a parsed name.
const unquotable = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g;

/** Value of the `WWW-Authenticate` header. */
export function challengeHeader(challenge: Challenge): string {
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['realm', `${challenge.baseUrl}/v2/auth`],
    ['service', challenge.service],
    ['scope', challenge.scope],
    ['error', challenge.error],
  ];
  return `Bearer ${parts.flatMap(([name, value]) => quote(name, value)).join(',')}`;
}

function quote(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name}="${value.replaceAll(unquotable, '')}"`];
}
