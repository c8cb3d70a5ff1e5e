import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import { endSession, listSessions } from '#/domain/sign-in/index.ts';

const sessionSchema = z.object({
  uuid: z.string(),
  created: z.string(),
  last_used: z.string(),
  expires: z.string(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  is_current: z.boolean(),
});

/** Where the caller is signed in; Wharf's own. */
export const listUserSessions = apiRoute({
  operationId: 'listUserSessions',
  method: 'GET',
  path: '/user/sessions',
  group: 'user',
  resource: 'endpoints.api.user.UserSessionList',
  summary: 'Lists the browsers in which the caller is signed in.',
  status: 200,
  access: selfAdmin,
  internal: true,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ sessions: z.array(sessionSchema) }),
  async handle({ granted: { account, caller } }, { domain }) {
    const current = caller.kind === 'session' ? caller.session.uuid : undefined;
    const sessions = await listSessions(domain, account);
    return {
      sessions: sessions.map((session) => ({
        uuid: session.uuid,
        created: formatDate(session.createdMs),
        last_used: formatDate(session.lastUsedMs),
        expires: formatDate(session.expiresMs),
        ip: session.ip,
        user_agent: session.userAgent,
        is_current: session.uuid === current,
      })),
    };
  },
});

/** Signs the caller out of one browser; Wharf's own. */
export const deleteUserSession = apiRoute({
  operationId: 'deleteUserSession',
  method: 'DELETE',
  path: '/user/sessions/:session_uuid',
  group: 'user',
  resource: 'endpoints.api.user.UserSession',
  summary: 'Ends one session of the caller.',
  status: 204,
  access: selfAdmin,
  internal: true,
  request: { params: z.object({ session_uuid: z.string() }), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, { domain }) {
    await endSession(domain, { accountId: granted.account.id, uuid: params.session_uuid });
    return null;
  },
});
