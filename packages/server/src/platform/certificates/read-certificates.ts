import { X509Certificate } from 'node:crypto';

/** One certificate of a file. */
export interface ReadCertificate {
  readonly pem: string;
  /** Common name and DNS names, in this order, each once. */
  readonly names: readonly string[];
  readonly expiresAtMs: number;
}

const block =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM text in their order. Throws Error with a message for operators when there is none, or one cannot be read. */
export function readCertificates(text: string): readonly ReadCertificate[] {
  if (text.includes('PRIVATE KEY-----'))
    throw new Error('holds a private key; only certificates belong here');
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0) throw new Error('holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)');
  return blocks.map((pem, index) => {
    const certificate = parse(pem, index + 1);
    return {
      pem: certificate.toString(),
      names: namesOf(certificate),
      expiresAtMs: Date.parse(certificate.validTo),
    };
  });
}

function parse(pem: string, place: number): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(`holds a certificate that cannot be read (number ${place})`, { cause });
  }
}

function namesOf(certificate: X509Certificate): readonly string[] {
  const common = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  const alternative = [...(certificate.subjectAltName ?? '').matchAll(/DNS:([^,\s"]+)/g)].map(
    ([, name = '']) => name,
  );
  return [...new Set([...(common === undefined ? [] : [common]), ...alternative])];
}
