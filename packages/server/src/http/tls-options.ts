import { constants } from 'node:crypto';
import { createSecureContext, type SecureContextOptions, type SecureVersion } from 'node:tls';

export const tlsProtocols = [
  'TLSv1',
  'TLSv1.1',
  'TLSv1.2',
  'TLSv1.3',
] as const satisfies readonly SecureVersion[];
export type TlsProtocol = (typeof tlsProtocols)[number];

/** What is offered to clients; read when a certificate is taken into use. */
export interface TlsSettings {
  /** `SSL_PROTOCOLS`, not empty. */
  readonly protocols: readonly TlsProtocol[];
  /** `SSL_CIPHERS`, terms of OpenSSL; undefined for a good choice. */
  readonly ciphers: readonly string[] | undefined;
  /** `SSL_CIPHERSUITES`, of TLS 1.3; undefined for all. */
  readonly cipherSuites: readonly string[] | undefined;
}

const defaultCiphers = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
];
/** Before TLS 1.2 there is no authenticated encryption. */
const oldCiphers = [
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-ECDSA-AES256-SHA',
  'ECDHE-RSA-AES256-SHA',
  'AES128-SHA',
  'AES256-SHA',
];
const defaultSuites = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];

const without: Readonly<Record<TlsProtocol, number>> = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
};
/** Seconds for which a session can be resumed, as Quay's front server has it. */
const sessionSeconds = 7200;

/** Protocols that are known to be weak, out of those that are offered. */
export function oldProtocols({ protocols }: TlsSettings): readonly TlsProtocol[] {
  return protocols.filter((name) => name === 'TLSv1' || name === 'TLSv1.1');
}

/** Options of the settings for a TLS server, without key and certificate. */
export function tlsOptions(settings: TlsSettings): SecureContextOptions {
  const offered = tlsProtocols.filter((name) => settings.protocols.includes(name));
  const hasOld = oldProtocols(settings).length > 0;
  const ciphers = [
    ...(settings.cipherSuites ?? defaultSuites),
    ...(settings.ciphers ?? [...defaultCiphers, ...(hasOld ? oldCiphers : [])]),
    // OpenSSL signs with SHA-1, which these versions need, below its usual level only.
    ...(hasOld ? ['@SECLEVEL=0'] : []),
  ];
  const left = tlsProtocols.filter((name) => !offered.includes(name));
  return {
    minVersion: offered[0] ?? 'TLSv1.2',
    maxVersion: offered.at(-1) ?? 'TLSv1.3',
    secureOptions: left.reduce((bits, name) => bits | without[name], 0),
    ciphers: ciphers.join(':'),
    dhparam: 'auto',
    honorCipherOrder: true,
    sessionIdContext: 'wharf',
    sessionTimeout: sessionSeconds,
  };
}

/** Why OpenSSL does not take the settings; undefined when it does. */
export function findTlsFault(settings: TlsSettings): string | undefined {
  try {
    createSecureContext(tlsOptions(settings));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
