import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseConfiguration } from '#/config/load-configuration.ts';
import type { ValidationContext } from '#/config/validators/define-validator.ts';
import { findValidator, runValidator } from '#/config/validators/run-validator.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createOutboundHttp, type OutboundHttp } from '#/platform/outbound-http.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

/** The way out of a registry whose users may not reach loopback; what the operator configured may. */
export const plainOutbound: OutboundHttp = createOutboundHttp({
  allowedHosts: [],
  blockedHosts: [],
  allowPrivateAddresses: false,
});

export interface ValidationResult {
  readonly reason: string | undefined;
  readonly warnings: readonly string[];
}

/** Runs a validator as the API does, over these keys and files beside them; keys that do not parse are the reason before it runs. */
export async function validate(
  service: string,
  keys: Readonly<Record<string, unknown>>,
  options: Partial<Pick<ValidationContext, 'caller' | 'outbound' | 'running' | 'signToken'>> & {
    readonly files?: Readonly<Record<string, string | Buffer>>;
  } = {},
): Promise<ValidationResult> {
  const { files = {}, ...given } = options;
  const home = scratchDirectory();
  const directory = join(home, 'config');
  await mkdir(directory);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  const values = { SECRET_KEY: '11', DATABASE_SECRET_KEY: '12', FEATURE_MAILING: false, ...keys };
  const { configuration, problems } = await parseConfiguration(
    { values, problems: [] },
    { directory, dataDirectory: join(home, 'data'), env: {} },
  );
  if (configuration === undefined) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    return { reason: errors.map(({ key, message }) => `${key} ${message}`).join('; '), warnings: [] };
  }
  const validator = findValidator(service);
  assert.ok(validator, service);
  const warnings: string[] = [];
  const reason = await runValidator(validator, {
    configuration,
    given: configuration.given,
    directory,
    caller: undefined,
    outbound: plainOutbound,
    logger: silentLogger(),
    warn: (message) => warnings.push(message),
    ...given,
  });
  return { reason, warnings };
}

/** As `validate`, for what only the reason counts of: a text to match, empty when there is none. */
export async function reasonOf(...parameters: Parameters<typeof validate>): Promise<string> {
  return (await validate(...parameters)).reason ?? '';
}
