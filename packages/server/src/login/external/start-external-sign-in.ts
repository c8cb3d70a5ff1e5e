import { z } from 'zod';
import { beginExternalSignIn } from '#/auth/external-logins/begin-sign-in.ts';
import { getExternalLogin } from '#/auth/external-logins/external-sign-ins.ts';
import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { requireCsrfToken } from '#/auth/sessions/require-csrf-token.ts';
import { answer } from '#/http/answer.ts';
import { formFields } from '#/http/form-fields.ts';
import { route } from '#/http/route.ts';
import { onCallback } from '#/login/external/on-callback.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';
import { localTarget } from '#/login/sign-in/local-target.ts';

/** A button of the sign-in page: sends the browser to the service, as `POST /api/v1/externallogin/{service_id}` does for scripts. */
export const startExternalSignIn = route({
  operationId: 'startExternalSignIn',
  method: 'POST',
  url: '/signin/external/:service',
  status: 303,
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
      const fields = formFields(request, body);
      const { browser } = await identifyCaller(domain, settings.session, { cookie: request.headers.cookie });
      requireCsrfToken(browser, fields.get('_csrf_token'));
      const { url, cookie } = await beginExternalSignIn(
        domain,
        external,
        getExternalLogin(external, params.service),
        {
          baseUrl: request.baseUrl,
          kind: 'login',
          target: localTarget(fields.get('redirect_url'), request.baseUrl),
        },
      );
      return answer({
        status: 303,
        headers: { location: url, 'set-cookie': cookie, 'cache-control': 'no-store' },
      });
    });
  },
});
