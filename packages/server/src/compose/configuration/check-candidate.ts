import type { Configuration } from '#/config/configuration.ts';
import { isSharedFile } from '#/config/directory/node-local.ts';
import { fileLimitBytes } from '#/config/directory/read-directory.ts';
import { loginProviderPattern } from '#/config/login-provider.ts';
import type { ConfigurationContent } from '#/domain/configuration/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { listSuperuserIds } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';

/** Throws DomainError `too_large`, `invalid_request` for a file that is not read back from a directory: no version could take it out again. */
export function checkFiles(files: ConfigurationContent['files']): void {
  const strange = findStrangeFile(files);
  if (strange !== undefined)
    throw new DomainError('invalid_request', `${JSON.stringify(strange)} is no file of a configuration.`);
  for (const [path, content] of Object.entries(files)) {
    if (Buffer.byteLength(content, 'base64') > fileLimitBytes)
      throw new DomainError('too_large', `The file ${path} has more than ${fileLimitBytes / 1024} kB.`);
  }
}

/** A path that leads elsewhere, or that no version should hold. */
export function findStrangeFile(files: ConfigurationContent['files']): string | undefined {
  return Object.keys(files).find((path) => !isSharedFile(path));
}

/** Throws DomainError `invalid_request` for a configuration under which nobody could change it back here: without any superuser. */
export async function keepSuperuser(services: Services, wanted: Configuration): Promise<void> {
  const { access, given, ldap } = wanted;
  if (!access.featureSuperUsers || access.superUsers.length > 0) return;
  if (access.authenticationType === 'LDAP' && ldap.superuserFilter) return;
  if (Object.entries(given).some(([name, block]) => givesSuperusers(name, block))) return;
  if ((await listSuperuserIds(services.database.read, [])).length > 0) return;
  throw new DomainError(
    'invalid_request',
    'There would be no superuser any more: name one in SUPER_USERS. To run without any, change config.yaml on the machine.',
  );
}

function givesSuperusers(name: string, block: unknown): boolean {
  if (!loginProviderPattern.test(name) || typeof block !== 'object' || block === null) return false;
  return (
    'SUPERUSER_GROUP' in block && typeof block.SUPERUSER_GROUP === 'string' && block.SUPERUSER_GROUP !== ''
  );
}
