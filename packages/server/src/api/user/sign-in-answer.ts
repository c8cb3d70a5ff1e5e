import type { ApiServices } from '#/api/api-services.ts';
import { signInHeaders } from '#/auth/sessions/sign-in.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';
import type { RequestContext } from '#/http/route.ts';

/** A 200 with this body that also signs the browser in as the account. */
export async function signedInAnswer(
  { domain, settings }: ApiServices,
  request: RequestContext,
  account: Pick<Account, 'id' | 'name' | 'sessionsValidFromMs'>,
  body: unknown,
): Promise<Answer> {
  const headers = await signInHeaders(domain, settings.session, {
    account,
    ip: request.ip,
    userAgent: request.headers['user-agent'],
    facts: requestFacts(request),
  });
  return jsonAnswer(200, body, headers);
}
