import { generateKeyPair, SignJWT } from 'jose';
import { randomText } from '#/platform/random-text.ts';
import type { ValidationContext } from './define-validator.ts';

const lifeSeconds = 300;
const skewSeconds = 60;

/**
 * A token as this registry signs its calls to services beside it (registry-services E6): signed with the key of the instance, else with one that
 * nobody knows, which shows that the service answers but not that it trusts the registry.
 */
export async function signAsRegistry(
  { configuration, signToken }: Pick<ValidationContext, 'configuration' | 'signToken'>,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const full = {
    iss: configuration.secrets.instanceServiceKeyService,
    iat: now,
    nbf: now - skewSeconds,
    exp: now + lifeSeconds,
    jti: randomText(32),
    ...claims,
  };
  if (signToken !== undefined) return await signToken(full);
  const { privateKey } = await generateKeyPair('RS256');
  return await new SignJWT(full).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(privateKey);
}
