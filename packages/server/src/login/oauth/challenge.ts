import type { AskedAuthorization } from '#/login/oauth/asked-authorization.ts';

/** Ways to derive a challenge from its verifier that are accepted, as RFC 7636 names them. */
export const challengeMethods = ['S256'] as const;

/** A SHA-256 digest in base64url. */
const challengeForm = /^[A-Za-z0-9_-]{43}$/;

/**
 * What is wrong with the proof key that an application announces (RFC 7636 section 4.4.1); undefined when it is right or there is none. `plain`,
 * which no method means, is refused: whoever reads the request could make the exchange, and every client can compute a hash.
 */
export function findChallengeProblem({
  challenge,
  challengeMethod,
  responseType,
}: Pick<AskedAuthorization, 'challenge' | 'challengeMethod' | 'responseType'>): string | undefined {
  if (challenge === undefined) {
    return challengeMethod === undefined ? undefined : 'code_challenge_method needs a code_challenge';
  }
  if (responseType !== 'code') return 'code_challenge needs response_type=code';
  if (challengeMethod !== 'S256') return 'code_challenge_method must be S256';
  return challengeForm.test(challenge) ? undefined : 'code_challenge must be 43 characters of base64url';
}

/** What a form must hand on to keep the challenge. */
export function challengeFields({
  challenge,
}: {
  readonly challenge: string | undefined;
}): Readonly<Record<string, string>> {
  return challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' };
}
