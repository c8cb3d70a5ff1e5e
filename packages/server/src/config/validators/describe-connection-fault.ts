import { reasonOf } from './reason-of.ts';

const untrusted =
  'its certificate is not signed by a known authority: put the certificate of that authority into extra_ca_certs';

/** By the code of Node.js or of OpenSSL. */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: check host and port',
  ECONNRESET: 'it broke the connection off: check the port, and whether it speaks TLS',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that host',
  ENOTFOUND: 'the name is unknown: check the host',
  EAI_AGAIN: 'the name could not be looked up: check host and resolver',
  ETIMEDOUT: 'it does not answer: check host, port and firewall',
  TimeoutError: 'it does not answer: check host, port and firewall',
  ESOCKET: 'the connection failed: check host, port, and whether it speaks TLS',
  EPROTO: 'it does not speak TLS on that port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: check the clocks',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
};

/** Why a connection failed, in plain words, for what has such a reason somewhere in its causes; undefined for everything else. */
export function describeConnectionFault(error: unknown): string | undefined {
  for (const code of codesOf(error)) {
    const sentence = sentences[code];
    if (sentence !== undefined) return sentence;
  }
  return undefined;
}

/** Codes and names of an error and of its causes, the deepest first: outer layers know less. */
export function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < 8 && at instanceof Error; depth += 1) {
    const code = 'code' in at && typeof at.code === 'string' ? [at.code] : [];
    codes.unshift(...codesIn(at.message), ...code, at.name);
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return codes;
}

/** Some libraries put a code of their own in place of the system's, which only their text still holds. */
function codesIn(message: string): readonly string[] {
  const named = message.match(/\bE[A-Z]{4,}\b/g) ?? [];
  return /unable to verify the first certificate|self.signed certificate|unable to get .*issuer/i.test(
    message,
  )
    ? [...named, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']
    : named;
}

/** `reasonOf`, with the plain words where there are some. */
export function explain(error: unknown): string {
  const plain = describeConnectionFault(error);
  return plain === undefined ? reasonOf(error) : `${reasonOf(error)}: ${plain}`;
}
