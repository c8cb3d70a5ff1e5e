import { z } from 'zod';
import { noBody } from '#/api/api-route.ts';
import { robotTwins } from '#/api/robot/robot-twins.ts';
import { robotView, robotViewSchema } from '#/api/robot/robot-view.ts';
import { getRobot } from '#/domain/namespaces/index.ts';

/** One robot with its token (REST reference 9.8). */
export const [getUserRobot, getOrgRobot] = robotTwins({
  operationIds: { user: 'getUserRobot', organization: 'getOrgRobot' },
  resources: { user: 'UserRobot', organization: 'OrgRobot' },
  method: 'GET',
  path: '/:robot_shortname',
  summary: 'Describes a robot, with its token.',
  status: 200,
  need: 'admin',
  request: { params: z.object({ robot_shortname: z.string() }), query: z.unknown(), body: noBody },
  response: robotViewSchema,
  async handle({ params, granted: { owner, isAdmin } }, services) {
    const robot = await getRobot(services.domain, owner, params.robot_shortname);
    return robotView(services, robot, { token: isAdmin, metadata: true });
  },
});
