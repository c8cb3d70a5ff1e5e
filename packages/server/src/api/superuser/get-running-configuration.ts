import { z } from 'zod';
import { type ApiAccess, type GrantedAccount, refused, superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';

/** As superuser; tokens only where the configuration may be shown to scripts. */
const readsConfiguration: ApiAccess<unknown, GrantedAccount> = {
  ...superuser,
  name: 'superuser-configuration',
  async check(services, caller, request, params) {
    const granted = await superuser.check(services, caller, request, params);
    if (!services.settings.featureSuperuserConfigurationDump && caller.kind !== 'session')
      throw refused(caller);
    return granted;
  },
};

/**
 * With `FEATURE_SUPERUSER_CONFIGDUMP` the configuration that this process runs with and how to read it (REST reference A.3), else the keys of the stored
 * file, as the set-up panel reads and saves them (configuration reference D.3); secrets are masked in both.
 */
export const getRunningConfiguration = apiRoute({
  operationId: 'getRunningConfiguration',
  method: 'GET',
  path: '/superuser/config',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserDumpConfig',
  summary: 'Shows the running configuration, with its secrets masked.',
  status: 200,
  access: readsConfiguration,
  freshLogin: true,
  gate: (settings) => settings.featureSuperUsers,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({
    config: z.record(z.string(), z.unknown()),
    warning: z.record(z.string(), z.string()).optional(),
    env: z.record(z.string(), z.unknown()).optional(),
    schema: z.record(z.string(), z.unknown()).optional(),
  }),
  async handle(_input, { configuration, settings }) {
    if (settings.featureSuperuserConfigurationDump) return settings.describeConfiguration();
    const { config } = await configuration.read();
    return { config: { ...config } };
  },
});
