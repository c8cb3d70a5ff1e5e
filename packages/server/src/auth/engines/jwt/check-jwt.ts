import type { DirectoryPerson } from '#/auth/engines/define-auth-engine.ts';
import { type JwtConfig, jwtConfig } from './jwt-config.ts';
import { createJwtDirectory, type JwtDirectory, type JwtDirectoryServices } from './jwt-directory.ts';
import { readServiceKey } from './verify-answer.ts';

/**
 * Why a configuration of JWT cannot work, undefined when it can: verify endpoint, issuer, key file, then the superuser by the verify, query and
 * getuser endpoints, else a call that the service must refuse; in this order (configuration reference C.2). `config` is what the engine takes.
 */
export async function checkJwt(
  config: Readonly<Record<string, unknown>>,
  services: JwtDirectoryServices,
  superuser?: { readonly username: string; readonly password: string },
): Promise<string | undefined> {
  if (isMissing(config.verifyEndpoint)) return 'JWT_VERIFY_ENDPOINT is missing: where passwords are checked.';
  if (isMissing(config.issuer)) return 'JWT_AUTH_ISSUER is missing: the issuer that the tokens name.';
  const parsed = jwtConfig.safeParse(config);
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  }
  const keyFault = await findFault(() => readServiceKey(parsed.data.keyFile));
  if (keyFault !== undefined) return `${keyFault}.`;
  const directory = createJwtDirectory(parsed.data, services);
  if (superuser === undefined) return findEndpointFault(directory);
  return findSuperuserFault(parsed.data, directory, superuser);
}

/** `AuthEngine.findFault`: what of `checkJwt` needs nobody's password, within 5 s. */
export async function findJwtFault(
  config: JwtConfig,
  services: JwtDirectoryServices,
): Promise<string | undefined> {
  return checkJwt(config, services);
}

async function findEndpointFault(directory: JwtDirectory): Promise<string | undefined> {
  try {
    return await directory.findEndpointFault();
  } catch (error) {
    return `The authentication service cannot be reached: ${textOf(error)}.`;
  }
}

async function findSuperuserFault(
  config: JwtConfig,
  directory: JwtDirectory,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<string | undefined> {
  try {
    const verdict = await directory.verify(username, password);
    if ('reason' in verdict) return `Verification of superuser ${username} failed: ${verdict.reason}`;
    return await findLookupFault(config, directory, verdict.person);
  } catch (error) {
    return `Verification of superuser ${username} failed: ${textOf(error)}`;
  }
}

async function findLookupFault(
  config: JwtConfig,
  directory: JwtDirectory,
  { username }: DirectoryPerson,
): Promise<string | undefined> {
  if (config.queryEndpoint === undefined) return undefined;
  const found = await directory.findPeople(username, 20);
  if (!found.some((person) => person.username === username)) {
    return `JWT_QUERY_ENDPOINT does not find the superuser ${username}.`;
  }
  if (config.getUserEndpoint === undefined) {
    return 'JWT_GETUSER_ENDPOINT is missing: it is needed beside JWT_QUERY_ENDPOINT.';
  }
  if ((await directory.findPerson(username)) !== undefined) return undefined;
  return `JWT_GETUSER_ENDPOINT does not find the superuser ${username}.`;
}

async function findFault(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return textOf(error);
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
