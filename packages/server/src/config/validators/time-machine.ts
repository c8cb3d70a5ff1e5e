import { defineValidator } from '#/config/validators/define-validator.ts';

const duration = /^[0-9]+[wdhms]$/;

export const timeMachineValidator = defineValidator({
  service: 'time-machine',
  runsWhen: () => true,
  async check({ given }) {
    const { DEFAULT_TAG_EXPIRATION: chosen, TAG_EXPIRATION_OPTIONS: options } = given;
    if (chosen === undefined || chosen === null) return undefined;
    if (!isDuration(chosen)) return 'DEFAULT_TAG_EXPIRATION is not a duration such as 2w.';
    const list: readonly unknown[] = Array.isArray(options) ? options : [];
    if (!list.includes(chosen)) return 'DEFAULT_TAG_EXPIRATION is not one of TAG_EXPIRATION_OPTIONS.';
    const wrong = list.find((option) => !isDuration(option));
    return wrong === undefined
      ? undefined
      : `TAG_EXPIRATION_OPTIONS holds ${JSON.stringify(wrong)}, which is not a duration such as 2w.`;
  },
});

function isDuration(value: unknown): boolean {
  return typeof value === 'string' && duration.test(value);
}
