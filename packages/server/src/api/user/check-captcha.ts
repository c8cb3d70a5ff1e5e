import type { ApiSettings } from '#/api/api-services.ts';
import { verifyCaptcha } from '#/auth/sessions/verify-captcha.ts';
import type { Services } from '#/domain/services.ts';
import type { RequestContext } from '#/http/route.ts';

interface CaptchaServices {
  readonly domain: Pick<Services, 'outbound'>;
  readonly settings: Pick<ApiSettings, 'captcha'>;
}

/** With `FEATURE_RECAPTCHA`: throws DomainError `invalid_request` unless a human answered, `external_service_failed`. */
export async function checkCaptcha(
  { domain, settings }: CaptchaServices,
  response: string | undefined,
  request: Pick<RequestContext, 'ip'>,
): Promise<void> {
  if (settings.captcha === undefined) return;
  await verifyCaptcha(domain, settings.captcha, { response, ip: request.ip });
}
