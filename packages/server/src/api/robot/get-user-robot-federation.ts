import { z } from 'zod';
import { jsonBody, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { robotTwins } from '#/api/robot/robot-twins.ts';
import { deleteRobotFederation, getRobotFederation, setRobotFederation } from '#/domain/tokens/index.ts';

const federationSchema = z.array(
  z.object({
    issuer: z.string(),
    subject: z.string(),
    // That its tokens must be meant for; Quay has none.
    audience: z.string().optional(),
  }),
);
const params = z.object({ robot_shortname: z.string() });
const resources = { user: 'UserRobotFederation', organization: 'OrgRobotFederation' } as const;
const path = '/:robot_shortname/federation';

/** The external identities that may act as a robot (REST reference 9.8). */
export const [getUserRobotFederation, getOrgRobotFederation] = robotTwins({
  operationIds: { user: 'getUserRobotFederation', organization: 'getOrgRobotFederation' },
  resources,
  method: 'GET',
  path,
  summary: 'Lists the external identities that may act as a robot.',
  status: 200,
  need: 'admin',
  request: { params, query: z.unknown(), body: noBody },
  response: federationSchema,
  handle: async ({ params: { robot_shortname: shortName }, granted: { owner } }, { domain }) =>
    getRobotFederation(domain, { owner, shortName }),
});

/** Replaces them all. */
export const [createUserRobotFederation, createOrgRobotFederation] = robotTwins({
  operationIds: { user: 'createUserRobotFederation', organization: 'createOrgRobotFederation' },
  resources,
  method: 'POST',
  path,
  summary: 'Replaces the external identities that may act as a robot.',
  status: 200,
  need: 'admin',
  unrestrictedOnly: true,
  request: { params, query: z.unknown(), body: jsonBody(federationSchema) },
  response: federationSchema,
  handle: async ({ params: { robot_shortname: shortName }, body, granted }, { domain }, request) =>
    setRobotFederation(domain, {
      owner: granted.owner,
      shortName,
      federations: body,
      performer: performerOfCall(granted, request),
    }),
});

/** Takes them all away. */
export const [deleteUserRobotFederation, deleteOrgRobotFederation] = robotTwins({
  operationIds: { user: 'deleteUserRobotFederation', organization: 'deleteOrgRobotFederation' },
  resources,
  method: 'DELETE',
  path,
  summary: 'Takes the external identities of a robot away.',
  status: 204,
  need: 'admin',
  unrestrictedOnly: true,
  request: { params, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params: { robot_shortname: shortName }, granted }, { domain }, request) {
    const performer = performerOfCall(granted, request);
    await deleteRobotFederation(domain, { owner: granted.owner, shortName, performer });
    return null;
  },
});
