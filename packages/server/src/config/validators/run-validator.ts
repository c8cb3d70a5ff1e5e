import type { ValidationContext, Validator } from '#/config/validators/define-validator.ts';
import { explain } from '#/config/validators/describe-connection-fault.ts';
import { validators } from '#/config/validators/validators.ts';

const usualLimitMs = 15_000;

export function findValidator(service: string): Validator | undefined {
  return validators.find((validator) => validator.service === service);
}

/** Why the configuration does not do for the service, or undefined; never throws, and ends in bounded time. */
export async function runValidator(
  validator: Validator,
  context: Omit<ValidationContext, 'signal'>,
): Promise<string | undefined> {
  if (!validator.runsWhen(context.configuration)) return undefined;
  const limitMs = validator.timeLimitMs ?? usualLimitMs;
  const timeout = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    timeout.abort();
    resolve(`No answer within ${limitMs / 1000} s.`);
  }, limitMs);
  try {
    return await Promise.race([validator.check({ ...context, signal: timeout.signal }), late]);
  } catch (error) {
    return explain(error);
  } finally {
    clearTimeout(timer);
  }
}
