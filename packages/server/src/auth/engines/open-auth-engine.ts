import type { Services } from '#/domain/services.ts';
import { appTokenEngine } from './app-token.ts';
import { databaseEngine } from './database.ts';
import type { AuthEngine, AuthEnginePlug } from './define-auth-engine.ts';
import { jwtEngine } from './jwt/jwt.ts';
import { keystoneEngine } from './keystone/keystone.ts';
import { ldapEngine } from './ldap/ldap.ts';
import { oidcEngine } from './oidc.ts';

const authEngines: readonly AuthEnginePlug[] = [
  databaseEngine,
  ldapEngine,
  jwtEngine,
  keystoneEngine,
  oidcEngine,
  appTokenEngine,
];

/** The engine named by `AUTHENTICATION_TYPE`, in any case, with its own configuration. Throws for an unknown name, with the known ones. */
export function openAuthEngine(services: Services, name: string, config: unknown): AuthEngine {
  const engine = authEngines.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (engine !== undefined) return engine.open(services, config);
  const known = authEngines.map((candidate) => candidate.name).join(', ');
  throw new Error(`AUTHENTICATION_TYPE "${name}" is not known here; known: ${known}.`);
}
