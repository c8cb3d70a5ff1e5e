/**
 * Keys that stay in the file of each node and are never part of a version: they reach the database, or decrypt the versions in it. SECRET_KEY
 * is among them because DATABASE_SECRET_KEY can be derived from it.
 */
export const nodeLocalKeys: ReadonlySet<string> = new Set([
  'DB_URI',
  'DB_CONNECTION_ARGS',
  'DB_READ_REPLICAS',
  'DATABASE_SECRET_KEY',
  'SECRET_KEY',
]);

/** Files that the connection to the database needs. */
export const nodeLocalFiles: ReadonlySet<string> = new Set(['database.pem']);

const sharedNames: ReadonlySet<string> = new Set([
  'ssl.cert',
  'ssl.key',
  'jwt-authn.cert',
  'ldap.crt',
  'signing-public.gpg',
  'signing-private.gpg',
]);
const word = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}';
const cloudFrontKey = new RegExp(`^${word}-cloudfront-signing-key\\.pem$`);
const certificate = new RegExp(`^extra_ca_certs/${word}$`);

/** Names of files that can be uploaded (Quay's list): no path, and nothing else. */
export function isUploadableFile(name: string): boolean {
  return sharedNames.has(name) || nodeLocalFiles.has(name) || cloudFrontKey.test(name);
}

/** Paths in the directory that are part of every version. */
export function isSharedFile(path: string): boolean {
  return sharedNames.has(path) || cloudFrontKey.test(path) || certificate.test(path);
}
