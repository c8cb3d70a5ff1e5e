import { z } from 'zod';
import { performerOfCall } from '#/api/performer.ts';
import { robotTwins } from '#/api/robot/robot-twins.ts';
import { robotView, robotViewSchema } from '#/api/robot/robot-view.ts';
import { createRobot } from '#/domain/namespaces/index.ts';

const bodyLimitBytes = 1024 * 1024;

/** REST reference 9.8. */
export const [createUserRobot, createOrgRobot] = robotTwins({
  operationIds: { user: 'createUserRobot', organization: 'createOrgRobot' },
  resources: { user: 'UserRobot', organization: 'OrgRobot' },
  method: 'PUT',
  path: '/:robot_shortname',
  summary: 'Creates a robot.',
  status: 201,
  need: 'admin',
  unrestrictedOnly: true,
  request: {
    params: z.object({ robot_shortname: z.string() }),
    query: z.unknown(),
    body: {
      kind: 'json',
      schema: z
        .object({
          description: z.string().max(255).nullish(),
          unstructured_metadata: z.record(z.string(), z.unknown()).nullish(),
        })
        .nullish(),
      limitBytes: bodyLimitBytes,
      optional: true,
    },
  },
  response: robotViewSchema,
  async handle({ params, body, granted }, services, request) {
    const robot = await createRobot(services.domain, {
      owner: granted.owner,
      shortName: params.robot_shortname,
      description: body?.description ?? '',
      unstructuredMetadata: body?.unstructured_metadata ?? {},
      performer: performerOfCall(granted, request),
    });
    return robotView(services, robot, { token: true, metadata: true });
  },
});
