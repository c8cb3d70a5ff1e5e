import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { DomainError } from '#/domain/errors.ts';
import type { RequestContext } from '#/http/route.ts';

const verificationUrl = 'https://www.google.com/recaptcha/api/siteverify';
const timeLimitMs = 10_000;
const longestAnswerBytes = 16 * 1024;
const answerSchema = z.object({ success: z.boolean() });

/** With `FEATURE_RECAPTCHA`: asks the service whether a human answered. Throws DomainError `invalid_request`, `external_service_failed`. */
export async function checkCaptcha(
  { domain, settings }: ApiServices,
  response: string | undefined,
  request: RequestContext,
): Promise<void> {
  if (settings.captcha === undefined) return;
  if (response === undefined || response === '') throw notHuman();
  const answer = await askService(domain.outbound, settings.captcha.verificationUrl ?? verificationUrl, {
    secret: settings.captcha.secretKey,
    response,
    remoteip: request.ip,
  });
  if (!answer.success) throw notHuman();
}

async function askService(
  outbound: ApiServices['domain']['outbound'],
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<z.infer<typeof answerSchema>> {
  try {
    if (outbound === undefined) throw new Error('outbound HTTP is not set up');
    const { body } = await outbound.request({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams(form).toString()),
      timeoutMs: timeLimitMs,
      trust: 'configuration',
      maximumResponseBytes: longestAnswerBytes,
    });
    return answerSchema.parse(JSON.parse(body.toString('utf8')));
  } catch (error) {
    throw new DomainError('external_service_failed', 'The CAPTCHA could not be checked. Try again later.', {
      cause: error,
    });
  }
}

function notHuman(): DomainError {
  return new DomainError('invalid_request', 'Are you a bot? If not, please revalidate the captcha.');
}
