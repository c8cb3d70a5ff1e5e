import { z } from 'zod';
import { type ApiAccess, type GrantedAccount, refused, superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';

/** As superuser, where the configuration may be shown at all. */
const readsConfiguration: ApiAccess<unknown, GrantedAccount> = {
  ...superuser,
  name: 'superuser-configuration',
  async check(services, caller, request, params) {
    const granted = await superuser.check(services, caller, request, params);
    if (!services.settings.featureSuperuserConfigurationDump) throw refused(caller);
    return granted;
  },
};

/** The configuration that this process runs with, its secrets masked (REST reference A.3). */
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
    warning: z.record(z.string(), z.string()),
    env: z.record(z.string(), z.unknown()),
    schema: z.record(z.string(), z.unknown()),
  }),
  async handle(_input, { settings }) {
    return settings.describeConfiguration();
  },
});
