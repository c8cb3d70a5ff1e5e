import type { Services } from '#/domain/services.ts';
import type { InstanceKey } from './instance-key.ts';
import {
  createTokenIssuer,
  type IssuedRegistryToken,
  type RegistryTokenRequest,
} from './issue-registry-token.ts';
import type { RegistryTokenClaims } from './registry-token-claims.ts';
import type { AuthSettings } from './settings.ts';
import { createVerificationKeys } from './verification-keys.ts';
import { createTokenVerifier } from './verify-registry-token.ts';

/** The bearer tokens of `/v2` (registry reference B4). */
export interface RegistryTokens {
  issue(request: RegistryTokenRequest): Promise<IssuedRegistryToken>;
  /** What the `Authorization` header grants at most. Throws `invalid_credentials`. */
  verify(header: string, audience: string): Promise<RegistryTokenClaims>;
}

export function createRegistryTokens(
  services: Services,
  settings: AuthSettings,
  instanceKey: InstanceKey,
): RegistryTokens {
  const keys = createVerificationKeys(services, settings.instanceKey.service);
  return {
    issue: createTokenIssuer(services, settings, instanceKey, keys),
    verify: createTokenVerifier(services, settings, keys),
  };
}
