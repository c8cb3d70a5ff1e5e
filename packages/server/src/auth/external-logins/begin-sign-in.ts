import type { Services } from '#/domain/services.ts';
import type { ExternalLogin } from './define-external-login.ts';
import type { ExternalSignIns } from './external-sign-ins.ts';
import { newSecrets, type PendingSignIn, pendingSignInCookie, pendingSignInMs } from './pending-sign-in.ts';

/** Where the browser must go to sign in at the service, and the cookie that lets only this browser finish it. */
export async function beginExternalSignIn(
  { clock }: Pick<Services, 'clock'>,
  { pending }: Pick<ExternalSignIns, 'pending'>,
  login: ExternalLogin,
  input: Pick<PendingSignIn, 'kind' | 'target' | 'session' | 'humanUntilMs'> & { readonly baseUrl: string },
): Promise<{ readonly url: string; readonly cookie: string }> {
  const { baseUrl, kind, ...rest } = input;
  const attempt = { ...newSecrets(), redirectUri: callbackUrl(baseUrl, login.id, kind) };
  const url = await login.authorizationUrl(attempt);
  const cookie = pendingSignInCookie(pending, {
    ...rest,
    ...attempt,
    kind,
    service: login.id,
    expiresMs: clock.nowMs() + pendingSignInMs,
  });
  return { url: url.href, cookie };
}

/** The address that is registered with the service. */
function callbackUrl(baseUrl: string, service: string, kind: PendingSignIn['kind']): string {
  return `${baseUrl}/oauth2/${service}/callback${kind === 'login' ? '' : `/${kind}`}`;
}
