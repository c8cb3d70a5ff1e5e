import { z } from 'zod';
import { beginExternalSignIn } from '#/auth/external-logins/begin-sign-in.ts';
import { getExternalLogin } from '#/auth/external-logins/external-sign-ins.ts';
import { findPendingSignIn } from '#/auth/external-logins/pending-sign-in.ts';
import { verifyCaptcha } from '#/auth/sessions/verify-captcha.ts';
import { DomainError } from '#/domain/errors.ts';
import { answer } from '#/http/answer.ts';
import { formFields } from '#/http/form-fields.ts';
import { route } from '#/http/route.ts';
import { onCallback } from '#/login/external/on-callback.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';

/** How long an answered CAPTCHA counts (REST reference 3.7). */
const humanMs = 600_000;

/** The form of the CAPTCHA: back to the service, which now leads to an account. */
export const answerCaptcha = route({
  operationId: 'answerExternalCaptcha',
  method: 'POST',
  url: '/oauth2/:service/callback/captcha',
  status: 302,
  access: publicRule,
  request: {
    params: z.object({ service: z.string() }),
    query: z.unknown(),
    body: { kind: 'bytes', limitBytes: formLimitBytes },
  },
  response: z.unknown(),
  async handle({ params, body }, services: LoginServices, request) {
    return onCallback(services, request, async () => {
      const { domain, settings, external } = services;
      const login = getExternalLogin(external, params.service);
      const fields = formFields(request, body);
      const nowMs = domain.clock.nowMs();
      const pending = findPendingSignIn(external.pending, request.headers.cookie, nowMs);
      if (
        pending?.service !== login.id ||
        pending.kind !== 'login' ||
        pending.state !== fields.get('state')
      ) {
        throw new DomainError('invalid_request', 'This form is too old. Sign in again.');
      }
      const response = fields.get('g-recaptcha-response') ?? fields.get('recaptcha_response');
      if (settings.captcha !== undefined) {
        await verifyCaptcha(domain, settings.captcha, { response, ip: request.ip });
      }
      const { url, cookie } = await beginExternalSignIn(domain, external, login, {
        baseUrl: request.baseUrl,
        kind: 'login',
        target: pending.target,
        humanUntilMs: nowMs + humanMs,
      });
      return answer({
        status: 302,
        headers: { location: url, 'set-cookie': cookie, 'cache-control': 'no-store' },
      });
    });
  },
});
