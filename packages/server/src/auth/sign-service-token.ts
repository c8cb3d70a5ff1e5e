import { SignJWT } from 'jose';
import type { StoredInstanceKey } from './instance-key-files.ts';

/** A token for a service beside the registry (tracker, scanner), signed with the key of this instance. */
export async function signServiceToken(
  { kid, privateKey }: StoredInstanceKey,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(privateKey);
}
