import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import type { DomainError } from '#/domain/errors.ts';
import type { RequestFacts } from '#/domain/logs/index.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { recordRefusedSignIn } from '#/domain/sign-in/index.ts';

/** What became of somebody's name and password at the door of the browser's pages. */
export type SignInCheck =
  | { readonly kind: 'allowed'; readonly account: Account }
  | { readonly kind: 'wrong'; readonly refusal: DomainError }
  | { readonly kind: 'disabled'; readonly account: Account }
  | { readonly kind: 'unverified'; readonly account: Account };

/** Whether the person may sign in; throws `login_throttled`, and outages. */
export async function checkSignIn(
  services: Services,
  engine: AuthEngine,
  attempt: {
    readonly username: string;
    readonly password: string;
    /** From where, for the action log. */
    readonly ip: string | null;
    readonly userAgent: string | undefined;
    readonly facts?: RequestFacts;
  },
): Promise<SignInCheck> {
  const verification = await engine.verify(attempt.username, attempt.password);
  if ('refusal' in verification) {
    await recordRefusedSignIn(services, { ...attempt, message: verification.refusal.message });
    if (verification.refusal.code === 'login_throttled') throw verification.refusal;
    return { kind: 'wrong', refusal: verification.refusal };
  }
  const { account } = verification;
  if (!account.enabled) return { kind: 'disabled', account };
  if (services.settings.featureMailing === true && !account.verified) return { kind: 'unverified', account };
  return { kind: 'allowed', account };
}
