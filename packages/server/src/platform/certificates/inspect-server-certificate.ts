import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';

export type CertificateFaultKind =
  | 'certificate-not-pem'
  | 'certificate-unreadable'
  | 'key-not-pem'
  | 'key-encrypted'
  | 'key-unreadable'
  | 'key-unsupported'
  | 'key-mismatch'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-host'
  | 'common-name-only'
  | 'chain-disordered'
  | 'chain-incomplete';

export interface CertificateFault {
  readonly kind: CertificateFaultKind;
  /** A sentence for operators that says what to do; holds nothing of the key. */
  readonly message: string;
  /** Nothing can be served with such a pair; the others are what clients may refuse. */
  readonly fatal: boolean;
}

/** The certificate of the server itself, the first one of its file. */
export interface ServerCertificate {
  /** DNS names and addresses that it is good for; without any, its common name. */
  readonly names: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly subject: string;
  readonly issuer: string;
  /** SHA-256, in hexadecimal with colons. */
  readonly fingerprint: string;
}

export interface CertificateInspection {
  /** In the order of severity, at most one of a kind; empty when everything fits. */
  readonly faults: readonly CertificateFault[];
  /** Undefined when it cannot be read. */
  readonly certificate: ServerCertificate | undefined;
}

export interface CertificateInput {
  /** `ssl.cert`: the certificate of the server, then those of the authorities between it and its root. */
  readonly certificate: string;
  /** `ssl.key` */
  readonly key: string;
  /** Host name or address, a port is left out; undefined does not check it. */
  readonly host?: string | undefined;
  readonly nowMs: number;
  /** Further authorities that are trusted here, as PEM. With any, one that signed the last certificate of the file must be among them or in the file. */
  readonly authorities?: readonly string[];
}

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
/** Bits of an RSA key below which OpenSSL refuses to serve. */
const leastRsaBits = 2048;

/** Checks a key and its certificate against each other, the clock and the host. Never throws. */
export function inspectServerCertificate(input: CertificateInput): CertificateInspection {
  const faults: CertificateFault[] = [];
  const chain = readChain(input.certificate, faults);
  const key = readKey(input.key, faults);
  const [leaf, ...rest] = chain;
  if (leaf === undefined) return { faults, certificate: undefined };
  if (key !== undefined && !leaf.checkPrivateKey(key)) {
    faults.push(mismatch(chain, key));
  }
  checkDates(leaf, input.nowMs, faults);
  if (input.host !== undefined) checkHost(leaf, input.host, faults);
  checkChain(leaf, rest, input.authorities ?? [], faults);
  return { faults, certificate: describe(leaf) };
}

function fault(kind: CertificateFaultKind, message: string, fatal = false): CertificateFault {
  return { kind, message, fatal };
}

function readChain(pem: string, faults: CertificateFault[]): X509Certificate[] {
  const blocks = [...pem.matchAll(pemBlock)].filter(([, label]) => label?.endsWith('CERTIFICATE'));
  if (blocks.length === 0) {
    faults.push(
      fault(
        'certificate-not-pem',
        'The certificate file holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); convert it with: openssl x509 -inform der -in FILE -out ssl.cert',
        true,
      ),
    );
    return [];
  }
  const chain: X509Certificate[] = [];
  for (const [index, [block]] of blocks.entries()) {
    const certificate = attempt(() => new X509Certificate(block));
    if (certificate === undefined) {
      faults.push(
        fault(
          'certificate-unreadable',
          `Certificate ${index + 1} of the certificate file cannot be read: it is damaged or not complete.`,
          true,
        ),
      );
      return [];
    }
    chain.push(certificate);
  }
  return chain;
}

function readKey(pem: string, faults: CertificateFault[]): KeyObject | undefined {
  const block = [...pem.matchAll(pemBlock)].find(([, label]) => label?.endsWith('PRIVATE KEY'));
  if (block === undefined) {
    faults.push(
      fault(
        'key-not-pem',
        'The key file holds no private key in PEM form (-----BEGIN PRIVATE KEY-----).',
        true,
      ),
    );
    return undefined;
  }
  const [text, label] = block;
  if (label === 'ENCRYPTED PRIVATE KEY' || text.includes('Proc-Type: 4,ENCRYPTED')) {
    faults.push(
      fault(
        'key-encrypted',
        'The private key is protected by a passphrase, which nobody can type when the server starts; store it without: openssl pkey -in ssl.key -out ssl.key.plain, then rename the file and let only the server read it.',
        true,
      ),
    );
    return undefined;
  }
  const key = attempt(() => createPrivateKey(text));
  if (key === undefined) {
    faults.push(
      fault('key-unreadable', 'The private key cannot be read: it is damaged or not complete.', true),
    );
    return undefined;
  }
  const type = key.asymmetricKeyType;
  const bits = key.asymmetricKeyDetails?.modulusLength;
  const isServable =
    type === 'ec' ||
    type === 'ed25519' ||
    ((type === 'rsa' || type === 'rsa-pss') && (bits ?? 0) >= leastRsaBits);
  if (!isServable) {
    const what = bits === undefined ? `of the kind ${type}` : `of ${bits} bits`;
    faults.push(
      fault(
        'key-unsupported',
        `A private key ${what} cannot be used; make an RSA key of at least ${leastRsaBits} bits or an EC key.`,
        true,
      ),
    );
    return undefined;
  }
  return key;
}

/** A key that fits another certificate of the file shows that the file is in the wrong order. */
function mismatch(chain: readonly X509Certificate[], key: KeyObject): CertificateFault {
  const publicKey = createPublicKey(key);
  const fitting = chain.findIndex(({ publicKey: other }) => other.equals(publicKey));
  return fitting > 0
    ? fault(
        'chain-disordered',
        `The private key belongs to certificate ${fitting + 1} of the certificate file; the server's own certificate must come first.`,
        true,
      )
    : fault(
        'key-mismatch',
        'The private key does not belong to the certificate: copy the two files that were made together.',
        true,
      );
}

function checkDates(leaf: X509Certificate, nowMs: number, faults: CertificateFault[]): void {
  if (nowMs > leaf.validToDate.getTime()) {
    faults.push(fault('expired', `The certificate expired at ${iso(leaf.validToDate)}; replace it.`));
  } else if (nowMs < leaf.validFromDate.getTime()) {
    faults.push(
      fault(
        'not-yet-valid',
        `The certificate is not valid before ${iso(leaf.validFromDate)}; check the clock of this machine, or wait.`,
      ),
    );
  }
}

function checkHost(leaf: X509Certificate, hostWithPort: string, faults: CertificateFault[]): void {
  const host = withoutPort(hostWithPort);
  if (isIP(host) !== 0 ? leaf.checkIP(host) !== undefined : leaf.checkHost(host, hostRules) !== undefined)
    return;
  const commonName = commonNameOf(leaf);
  if (leaf.subjectAltName === undefined && commonName?.toLowerCase() === host.toLowerCase()) {
    faults.push(
      fault(
        'common-name-only',
        `The certificate names ${host} in its common name only, where docker, podman and browsers do not look; make one with a subjectAltName.`,
      ),
    );
    return;
  }
  const names = namesOf(leaf);
  const known = names.length === 0 ? 'none' : names.slice(0, 10).join(', ');
  faults.push(
    fault('wrong-host', `The certificate is not for ${host}; the names that it is good for: ${known}.`),
  );
}

const hostRules = { subject: 'never', partialWildcards: false } as const;

function checkChain(
  leaf: X509Certificate,
  rest: readonly X509Certificate[],
  authorities: readonly string[],
  faults: CertificateFault[],
): void {
  let last = leaf;
  for (const [index, next] of rest.entries()) {
    if (!isIssuedBy(last, next)) {
      faults.push(
        fault(
          'chain-disordered',
          `Certificate ${index + 2} of the certificate file did not sign the one before it; put the server's certificate first, then each authority after what it signed.`,
        ),
      );
      return;
    }
    last = next;
  }
  if (isIssuedBy(last, last)) return;
  const given = authorities.flatMap((pem) =>
    [...pem.matchAll(pemBlock)].flatMap(([block]) => attempt(() => new X509Certificate(block)) ?? []),
  );
  const isKnown = [...given, ...publicRoots()].some((root) => isIssuedBy(last, root));
  // Public authorities say in the certificate where their own one is to be had; a company's root that signed directly says nothing.
  const names = last.infoAccess?.includes('CA Issuers') === true;
  if (!isKnown && (names || given.length > 0)) {
    faults.push(
      fault(
        'chain-incomplete',
        `The certificate of the authority that signed the last one of the certificate file is missing ("${oneLine(last.issuer)}"); append it to ssl.cert, else clients cannot check the chain.`,
      ),
    );
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

let roots: readonly X509Certificate[] | undefined;

/** Parsed once, and only where a chain ends in an unknown authority. */
function publicRoots(): readonly X509Certificate[] {
  roots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return roots;
}

function describe(leaf: X509Certificate): ServerCertificate {
  return {
    names: namesOf(leaf),
    notBeforeMs: leaf.validFromDate.getTime(),
    notAfterMs: leaf.validToDate.getTime(),
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    fingerprint: leaf.fingerprint256,
  };
}

function namesOf(leaf: X509Certificate): string[] {
  const alternative = [...(leaf.subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,\s"]+)/g)].map(
    ([, name = '']) => name,
  );
  return alternative.length > 0 ? alternative : [commonNameOf(leaf) ?? []].flat();
}

function commonNameOf({ subject }: X509Certificate): string | undefined {
  return /^CN=(.+)$/m.exec(subject ?? '')?.[1];
}

function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}

function withoutPort(host: string): string {
  return /^\[([^\]]*)\]/.exec(host)?.[1] ?? (isIP(host) === 6 ? host : host.replace(/:[0-9]*$/, ''));
}

function iso(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
