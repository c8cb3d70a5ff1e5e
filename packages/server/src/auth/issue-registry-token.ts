import { sign } from 'node:crypto';
import { promisify } from 'node:util';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { InstanceKey } from './instance-key.ts';
import { type AccessEntry, longestRegistryToken } from './registry-token-claims.ts';
import { contextOf, subjectNameOf } from './registry-token-context.ts';
import type { AuthSettings } from './settings.ts';
import type { Subject } from './subject.ts';
import type { VerificationKeys } from './verification-keys.ts';

export interface RegistryTokenRequest {
  /** The registry that the token is for: the client's `service` parameter. */
  readonly audience: string;
  readonly subject: Subject;
  readonly access: readonly AccessEntry[];
}

export interface IssuedRegistryToken {
  readonly token: string;
  readonly issuedMs: number;
  readonly expiresInSeconds: number;
}

const registryTokenLifeSeconds = 3600;

/** Characters of an RSA 4096 signature with its dot; ours are shorter. */
const signatureLength = 684;

const signInPool = promisify(sign);

/**
 * Makes the function that issues tokens (registry reference B4), signed RS256 with the instance key. It throws `invalid_request` when
 * the scopes make a token that clients could not use.
 */
export function createTokenIssuer(
  services: Services,
  settings: AuthSettings,
  instanceKey: InstanceKey,
  keys: VerificationKeys,
): (request: RegistryTokenRequest) => Promise<IssuedRegistryToken> {
  return async (request) => {
    // Somebody may have deleted our key: a token made with it would be refused at once.
    if ((await keys.find(instanceKey.current().kid)) === undefined) await instanceKey.refresh();
    const { kid, privateKey } = instanceKey.current();
    const issuedSeconds = Math.floor(services.clock.nowMs() / 1000);
    const lifeSeconds = Math.min(registryTokenLifeSeconds, settings.registryTokenMaximumLifeSeconds);
    const payload = {
      iss: settings.instanceKey.service,
      aud: request.audience,
      sub: subjectNameOf(request.subject),
      iat: issuedSeconds,
      nbf: issuedSeconds,
      exp: issuedSeconds + lifeSeconds,
      access: request.access,
      context: contextOf(request.subject),
    };
    const signed = `${encodeJson({ alg: 'RS256', typ: 'JWT', kid })}.${encodeJson(payload)}`;
    if (signed.length > longestRegistryToken - signatureLength) {
      throw new DomainError(
        'invalid_request',
        'The token would be too long: ask for fewer scopes at a time.',
      );
    }
    const signature = await signInPool('sha256', Buffer.from(signed), privateKey);
    return {
      token: `${signed}.${signature.toString('base64url')}`,
      issuedMs: issuedSeconds * 1000,
      expiresInSeconds: lifeSeconds,
    };
  };
}

function encodeJson(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
