import type { DirectoryPerson } from '#/auth/engines/define-auth-engine.ts';
import { createKeystoneClient, type KeystoneClient, type KeystoneClientServices } from './keystone-client.ts';
import { type KeystoneConfig, keystoneConfig } from './keystone-config.ts';
import { readEmail } from './keystone-directory.ts';

const faultLimitSeconds = 4;

/** What the operator must have given, in the order in which it is asked for. */
const needed = [
  [
    'url',
    'KEYSTONE_AUTH_URL is missing: where Keystone answers, such as http://keystone.example.com:5000/v3.',
  ],
  ['adminUsername', 'KEYSTONE_ADMIN_USERNAME is missing: the account that searches.'],
  ['adminPassword', 'KEYSTONE_ADMIN_PASSWORD is missing: the password of that account.'],
  ['adminTenant', 'KEYSTONE_ADMIN_TENANT is missing: the project of that account.'],
] as const;

/**
 * Why a configuration of Keystone cannot work, undefined when it can: URL, name, password and project of the administrator, version, then the
 * superuser, else the log-in of the administrator to the project (configuration reference C.2). `config` is what the engine takes.
 */
export async function checkKeystone(
  config: Readonly<Record<string, unknown>>,
  services: KeystoneClientServices,
  superuser?: { readonly username: string; readonly password: string },
): Promise<string | undefined> {
  const missing = needed.find(([name]) => [undefined, null, ''].some((none) => config[name] === none));
  if (missing !== undefined) return missing[1];
  const parsed = keystoneConfig.safeParse(config);
  if (!parsed.success) return parsed.error.issues.map(({ message }) => message).join('; ');
  const client = createKeystoneClient(parsed.data, services);
  const adminFault = await findAdminFault(client);
  if (adminFault !== undefined || superuser === undefined) return adminFault;
  const reason = await verifyInKeystone(parsed.data, client, superuser).then(
    (verdict) => ('reason' in verdict ? verdict.reason : undefined),
    textOf,
  );
  return reason && `Verification of superuser ${superuser.username} failed: ${reason}`;
}

/** `AuthEngine.findFault`: what of `checkKeystone` needs nobody's password, within 5 s. */
export async function findKeystoneFault(
  config: KeystoneConfig,
  services: KeystoneClientServices,
): Promise<string | undefined> {
  const timeoutSeconds = Math.min(config.timeoutSeconds, faultLimitSeconds);
  return findAdminFault(createKeystoneClient({ ...config, timeoutSeconds }, services));
}

/** What Keystone says of a password. Throws an Error while it does not answer. */
export async function verifyInKeystone(
  config: KeystoneConfig,
  client: KeystoneClient,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<{ readonly person: DirectoryPerson } | { readonly reason: string }> {
  // Keystone hashes with bcrypt, which takes no NUL, and ends the connection over it.
  const session = password.includes('\u0000') ? undefined : await client.signIn(username, password);
  if (session === undefined) return { reason: 'Invalid username or password' };
  const email = await readEmail(client, session);
  if (email === undefined && config.emailRequired) {
    return { reason: `Missing email field for user ${session.name}` };
  }
  return { person: { username: session.name, email } };
}

async function findAdminFault(client: KeystoneClient): Promise<string | undefined> {
  try {
    await client.signInAdmin();
    return undefined;
  } catch (error) {
    return `${textOf(error)}.`;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
