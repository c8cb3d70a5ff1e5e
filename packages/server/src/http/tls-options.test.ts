import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { test } from 'node:test';
import { findTlsFault, oldProtocols, type TlsProtocol, tlsOptions } from './tls-options.ts';

const settings = (...protocols: readonly TlsProtocol[]) => ({
  protocols,
  ciphers: undefined,
  cipherSuites: undefined,
});

test('versions reach from the lowest to the highest, and those left out between them are refused', () => {
  const { minVersion, maxVersion, secureOptions } = tlsOptions(settings('TLSv1.3', 'TLSv1.1'));
  assert.deepEqual([minVersion, maxVersion], ['TLSv1.1', 'TLSv1.3']);
  assert.ok(((secureOptions ?? 0) & constants.SSL_OP_NO_TLSv1_2) !== 0);
  assert.equal((secureOptions ?? 0) & constants.SSL_OP_NO_TLSv1_3, 0);
});

test('only the old versions lower what OpenSSL asks for', () => {
  assert.doesNotMatch(String(tlsOptions(settings('TLSv1.2', 'TLSv1.3')).ciphers), /SECLEVEL/);
  assert.match(String(tlsOptions(settings('TLSv1', 'TLSv1.2')).ciphers), /@SECLEVEL=0$/);
  assert.deepEqual(oldProtocols(settings('TLSv1', 'TLSv1.2')), ['TLSv1']);
});

test('ciphers of the configuration keep the suites of TLS 1.3, and the other way round', () => {
  const ciphers = tlsOptions({ ...settings('TLSv1.2', 'TLSv1.3'), ciphers: ['AES128-SHA'] }).ciphers;
  assert.match(String(ciphers), /^TLS_AES_256_GCM_SHA384:.*:AES128-SHA$/);
  const suites = tlsOptions({ ...settings('TLSv1.2'), cipherSuites: ['TLS_AES_128_GCM_SHA256'] }).ciphers;
  assert.match(String(suites), /^TLS_AES_128_GCM_SHA256:ECDHE-/);
});

test('what OpenSSL does not take is said', () => {
  assert.equal(findTlsFault(settings('TLSv1.2', 'TLSv1.3')), undefined);
  assert.match(String(findTlsFault({ ...settings('TLSv1.2'), ciphers: ['NOT-A-CIPHER'] })), /cipher/i);
});
