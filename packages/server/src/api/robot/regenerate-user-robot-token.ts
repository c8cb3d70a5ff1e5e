import { z } from 'zod';
import { noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { robotTwins } from '#/api/robot/robot-twins.ts';
import { robotView, robotViewSchema } from '#/api/robot/robot-view.ts';
import { regenerateRobotToken } from '#/domain/namespaces/index.ts';

/** The old token stops at once (REST reference 9.8). */
export const [regenerateUserRobotToken, regenerateOrgRobotToken] = robotTwins({
  operationIds: { user: 'regenerateUserRobotToken', organization: 'regenerateOrgRobotToken' },
  resources: { user: 'RegenerateUserRobot', organization: 'RegenerateOrgRobot' },
  method: 'POST',
  path: '/:robot_shortname/regenerate',
  summary: 'Gives a robot a new token.',
  status: 200,
  need: 'admin',
  unrestrictedOnly: true,
  request: { params: z.object({ robot_shortname: z.string() }), query: z.unknown(), body: noBody },
  response: robotViewSchema,
  async handle({ params, granted }, services, request) {
    const robot = await regenerateRobotToken(services.domain, {
      owner: granted.owner,
      shortName: params.robot_shortname,
      performer: performerOfCall(granted, request),
    });
    return robotView(services, robot, { token: true, metadata: false });
  },
});
