import { readInstanceKeyFiles } from '#/auth/instance-key-files.ts';
import { signServiceToken } from '#/auth/sign-service-token.ts';
import type { LoadedConfiguration } from '#/config/load-configuration.ts';
import { runValidator } from '#/config/validators/run-validator.ts';
import { validators } from '#/config/validators/validators.ts';
import { openTrustStore } from '#/platform/certificates/trust-store.ts';
import { systemClock } from '#/platform/clock.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { certificateDirectories } from './certificate-directories.ts';
import { authSettings, outboundSettings } from './settings.ts';

/** What a validator says from the command line. */
export interface LiveCheck {
  readonly service: string;
  /** Undefined when the configuration does. */
  readonly reason: string | undefined;
  readonly warnings: readonly string[];
}

/** Runs every validator that applies, or those of `services` only, all at the same time, with the authorities of the directory trusted. */
export async function runValidators(
  { configuration, directory }: Pick<LoadedConfiguration, 'configuration' | 'directory'>,
  dataDirectory: string,
  services?: readonly string[],
): Promise<readonly LiveCheck[]> {
  const logger = silentLogger();
  const trust = await openTrustStore(certificateDirectories(directory, process.env), {
    clock: systemClock,
    logger,
  });
  try {
    const key = await readInstanceKeyFiles(authSettings(configuration, dataDirectory).instanceKey);
    const applying = validators.filter(
      ({ runsWhen, service }) => runsWhen(configuration) && (services?.includes(service) ?? true),
    );
    return await Promise.all(
      applying.map(async (validator) => {
        const warnings: string[] = [];
        const reason = await runValidator(validator, {
          configuration,
          given: configuration.given,
          directory,
          caller: undefined,
          outbound: createOutboundHttp(outboundSettings(configuration)),
          logger,
          warn: (message) => warnings.push(message),
          ...(key === undefined ? {} : { signToken: (claims) => signServiceToken(key, claims) }),
        });
        return { service: validator.service, reason, warnings };
      }),
    );
  } finally {
    trust.close();
  }
}
