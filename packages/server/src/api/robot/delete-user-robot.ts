import { z } from 'zod';
import { noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { robotTwins } from '#/api/robot/robot-twins.ts';
import { deleteRobot } from '#/domain/namespaces/index.ts';

/** REST reference 9.8. */
export const [deleteUserRobot, deleteOrgRobot] = robotTwins({
  operationIds: { user: 'deleteUserRobot', organization: 'deleteOrgRobot' },
  resources: { user: 'UserRobot', organization: 'OrgRobot' },
  method: 'DELETE',
  path: '/:robot_shortname',
  summary: 'Deletes a robot.',
  status: 204,
  need: 'admin',
  unrestrictedOnly: true,
  request: { params: z.object({ robot_shortname: z.string() }), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await deleteRobot(domain, {
      owner: granted.owner,
      shortName: params.robot_shortname,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
