import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { BasicAuth } from '#/auth/authenticate-basic.ts';
import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import type { Configuration } from '#/config/configuration.ts';
import type { Services } from '#/domain/services.ts';
import type { LiveConfiguration } from './live-configuration.ts';
import { authEngineSettings } from './settings.ts';

/** Longer than a directory may take to answer. */
const inFlightMs = 30_000;

/** Where passwords are checked: another configuration of the engine opens a new one, and the old one ends when what it began is over. */
export function createLiveBasicAuth(services: Services, live: LiveConfiguration): BasicAuth {
  const basic: { engine: AuthEngine; readonly secretKey: Buffer } = {
    engine: open(services, live.current),
    secretKey: live.current.secrets.secretKey,
  };
  live.onChange((next, previous) => {
    if (isDeepStrictEqual(authEngineSettings(next), authEngineSettings(previous))) return;
    const old = basic.engine;
    basic.engine = open(services, next);
    services.logger.info({ engine: authEngineSettings(next).name }, 'passwords are checked anew');
    closeLater(old, services);
  });
  return basic;
}

function open(services: Services, configuration: Configuration): AuthEngine {
  const { name, config } = authEngineSettings(configuration);
  return openAuthEngine(services, name, config);
}

function closeLater(engine: AuthEngine, { logger }: Services): void {
  sleep(inFlightMs, undefined, { ref: false })
    .then(() => engine.close?.())
    .catch((error: unknown) => logger.warn({ err: error }, 'the former engine did not close cleanly'));
}
