import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';

/** The service that tells humans from programs. */
export interface CaptchaSettings {
  readonly secretKey: string;
  /** In place of the address of the service. */
  readonly verificationUrl?: string;
  /** 10,000 unless given. */
  readonly timeLimitMs?: number;
}

const serviceUrl = 'https://www.google.com/recaptcha/api/siteverify';
const defaultTimeLimitMs = 10_000;
const longestAnswerBytes = 16 * 1024;
const answerSchema = z.object({ success: z.boolean() });

/** Asks the service whether a human answered. Throws DomainError `invalid_request`, `external_service_failed`. */
export async function verifyCaptcha(
  { outbound }: Pick<Services, 'outbound'>,
  settings: CaptchaSettings,
  input: { readonly response: string | undefined; readonly ip: string },
): Promise<void> {
  const { response, ip } = input;
  if (response === undefined || response === '') throw notHuman();
  const form = { secret: settings.secretKey, response, remoteip: ip };
  const answer = await ask(outbound, settings, form);
  if (!answer.success) throw notHuman();
}

async function ask(
  outbound: Services['outbound'],
  { verificationUrl: url = serviceUrl, timeLimitMs = defaultTimeLimitMs }: CaptchaSettings,
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
