import { z } from 'zod';
import { noBody } from '#/api/api-route.ts';
import { grantedRolesSchema, grantedRolesView } from '#/api/permission/granted-roles.ts';
import { robotTwins } from '#/api/robot/robot-twins.ts';
import { getRobot } from '#/domain/namespaces/index.ts';
import { listGrantedRoles } from '#/domain/permissions/index.ts';

/** The repositories on which a robot has a permission of its own (REST reference 9.8). */
export const [getUserRobotPermissions, getOrgRobotPermissions] = robotTwins({
  operationIds: { user: 'getUserRobotPermissions', organization: 'getOrgRobotPermissions' },
  resources: { user: 'UserRobotPermissions', organization: 'OrgRobotPermissions' },
  method: 'GET',
  path: '/:robot_shortname/permissions',
  summary: 'Lists the permissions of a robot on repositories.',
  status: 200,
  need: 'admin',
  organizationScope: 'user:admin',
  request: { params: z.object({ robot_shortname: z.string() }), query: z.unknown(), body: noBody },
  response: grantedRolesSchema,
  async handle({ params, granted: { owner } }, { domain }) {
    const { account } = await getRobot(domain, owner, params.robot_shortname);
    const roles = await listGrantedRoles(domain.database.read, owner.id, { accountId: account.id });
    return grantedRolesView(roles);
  },
});
