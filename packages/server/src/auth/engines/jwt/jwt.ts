import { type AuthEngine, defineAuthEngine } from '#/auth/engines/define-auth-engine.ts';
import {
  createFederatedVerification,
  type RemoteVerification,
} from '#/auth/engines/federated-verification.ts';
import { createRemoteGuard } from '#/auth/engines/remote-guard.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { findJwtFault } from './check-jwt.ts';
import { type JwtConfig, jwtConfig } from './jwt-config.ts';
import { createJwtDirectory, jwtTimeoutMs } from './jwt-directory.ts';
import { UnprovedAnswerError } from './verify-answer.ts';

/** People of a service of one's own, which answers with signed tokens. */
export const jwtEngine = defineAuthEngine({
  name: 'JWT',
  config: jwtConfig,
  create: createJwtEngine,
});

function createJwtEngine(services: Services, config: JwtConfig): AuthEngine {
  const { clock, logger, outbound } = services;
  if (outbound === undefined) throw new Error('AUTHENTICATION_TYPE JWT needs the way out for HTTP');
  const directory = createJwtDirectory(config, { outbound, clock });
  const guard = createRemoteGuard(clock, {
    title: 'The authentication service',
    timeoutMs: jwtTimeoutMs + 500,
  });

  const verifyRemotely = async (login: string, password: string): Promise<RemoteVerification> => {
    try {
      const verdict = await directory.verify(login, password);
      if ('person' in verdict) return verdict;
      return { refusal: new DomainError('invalid_credentials', verdict.reason) };
    } catch (error) {
      if (!(error instanceof UnprovedAnswerError)) throw error;
      // The service answers, so that others need not wait; but nobody's password is wrong.
      logger.warn({ err: error }, 'an answer of the authentication service proves nothing');
      return { refusal: unproved(error) };
    }
  };

  const ask = async <T>(work: () => Promise<T>): Promise<T> =>
    guard.patiently(() => guard.run(() => work().catch(rethrowUnproved)));

  return {
    service: 'jwtauthn',
    checksPasswords: true,
    verify: createFederatedVerification(services, { service: 'jwtauthn', guard, verifyRemotely }),
    ...(config.queryEndpoint === undefined && config.getUserEndpoint === undefined
      ? {}
      : {
          people: {
            findPerson: async (name) => (name === '' ? undefined : ask(() => directory.findPerson(name))),
            findPeople: async (prefix, limit) =>
              prefix === '' ? [] : ask(() => directory.findPeople(prefix, limit)),
          },
        }),
    findFault: () => findJwtFault(config, { outbound, clock }),
    close: async () => guard.close(),
  };
}

function unproved(error: UnprovedAnswerError): DomainError {
  return new DomainError(
    'directory_unavailable',
    `The answer of the authentication service is not valid: ${error.message}. Tell an administrator.`,
    { cause: error, retryAfterSeconds: 30 },
  );
}

function rethrowUnproved(error: unknown): never {
  throw error instanceof UnprovedAnswerError ? unproved(error) : error;
}
