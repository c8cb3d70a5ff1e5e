import type { AnyRoute } from '#/http/route.ts';
import { answerCaptcha } from '#/login/external/answer-captcha.ts';
import { finishExternalSignIn, forwardExternalSignIn } from '#/login/external/callbacks.ts';
import { startExternalSignIn } from '#/login/external/start-external-sign-in.ts';
import type { LoginServices } from '#/login/login-services.ts';

/** Signing in at other services: out to them from the page, and back from them. */
export const externalRoutes: readonly AnyRoute<LoginServices>[] = [
  startExternalSignIn,
  ...finishExternalSignIn,
  ...forwardExternalSignIn,
  answerCaptcha,
];
