import { z } from 'zod';
import type { ApiSettings } from '#/api/api-services.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { RequestContext } from '#/http/route.ts';

const serviceUrl = 'https://www.google.com/recaptcha/api/siteverify';
const defaultTimeLimitMs = 10_000;
const longestAnswerBytes = 16 * 1024;
const answerSchema = z.object({ success: z.boolean() });

type Captcha = NonNullable<ApiSettings['captcha']>;

interface CaptchaServices {
  readonly domain: Pick<Services, 'outbound'>;
  readonly settings: Pick<ApiSettings, 'captcha'>;
}

/** With `FEATURE_RECAPTCHA`: asks the service whether a human answered. Throws DomainError `invalid_request`, `external_service_failed`. */
export async function checkCaptcha(
  { domain, settings }: CaptchaServices,
  response: string | undefined,
  request: Pick<RequestContext, 'ip'>,
): Promise<void> {
  if (settings.captcha === undefined) return;
  if (response === undefined || response === '') throw notHuman();
  const { secretKey } = settings.captcha;
  const form = { secret: secretKey, response, remoteip: request.ip };
  const answer = await askService(domain.outbound, settings.captcha, form);
  if (!answer.success) throw notHuman();
}

async function askService(
  outbound: CaptchaServices['domain']['outbound'],
  { verificationUrl: url = serviceUrl, timeLimitMs = defaultTimeLimitMs }: Captcha,
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
