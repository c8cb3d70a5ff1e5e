import type { TestContext } from 'node:test';
import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import { jwtEngine } from '#/auth/engines/jwt/jwt.ts';
import type { JwtConfig } from '#/auth/engines/jwt/jwt-config.ts';
import type { Services } from '#/domain/services.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { type JwtAuthenticator, startJwtAuthenticator } from './jwt-authenticator.ts';

/** The JWT engine before a service with `alice` and `bobby`; the service ends with the test. */
export async function openJwtEngine(
  t: TestContext,
  services: Services,
  changes: Partial<JwtConfig> = {},
): Promise<{ readonly engine: AuthEngine; readonly authenticator: JwtAuthenticator }> {
  const authenticator = await startJwtAuthenticator(
    [
      { username: 'alice', email: 'alice@example.com', password: 'correct-horse' },
      { username: 'bobby', email: 'bobby@example.com', password: 'staple-battery' },
    ],
    () => services.clock.nowMs(),
  );
  t.after(() => authenticator.halt());
  const outbound = createOutboundHttp({ allowedHosts: [], blockedHosts: [], allowPrivateAddresses: false });
  const engine = jwtEngine.open({ ...services, outbound }, { ...authenticator.config, ...changes });
  return { engine, authenticator };
}
