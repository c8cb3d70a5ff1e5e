import { accessSection } from './access.ts';
import { databaseSection } from './database.ts';
import { externalLoginsSection } from './external-logins.ts';
import { healthSection } from './health.ts';
import { interfaceSection } from './interface.ts';
import { jwtSection } from './jwt.ts';
import { keystoneSection } from './keystone.ts';
import { ldapSection } from './ldap.ts';
import { logsSection } from './logs.ts';
import { mailSection } from './mail.ts';
import { metricsSection } from './metrics.ts';
import { outboundSection } from './outbound.ts';
import { redisSection } from './redis.ts';
import { registrySection } from './registry.ts';
import { secretsSection } from './secrets.ts';
import { serverSection } from './server.ts';
import { sessionsSection } from './sessions.ts';
import { storageSection } from './storage.ts';
import { teamSyncSection } from './team-sync.ts';
import { timeMachineSection } from './time-machine.ts';
import { tlsSection } from './tls.ts';
import { workersSection } from './workers.ts';

/** All keys that have an effect, by section. */
export const sections = {
  server: serverSection,
  tls: tlsSection,
  database: databaseSection,
  redis: redisSection,
  storage: storageSection,
  access: accessSection,
  ldap: ldapSection,
  jwt: jwtSection,
  keystone: keystoneSection,
  teamSync: teamSyncSection,
  externalLogins: externalLoginsSection,
  sessions: sessionsSection,
  interface: interfaceSection,
  secrets: secretsSection,
  registry: registrySection,
  timeMachine: timeMachineSection,
  health: healthSection,
  logs: logsSection,
  mail: mailSection,
  outbound: outboundSection,
  metrics: metricsSection,
  workers: workersSection,
};
