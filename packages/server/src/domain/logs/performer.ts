import type { Principal } from '#/domain/permissions/principal.ts';
import { type LoggedRequest, loggedRequest, type RequestFacts } from './logged-request.ts';

/** Who makes a change and from where, as the audit row of the change tells it. */
export interface Performer {
  /** The user or robot; null for anonymous, access tokens, workers and the command line. */
  readonly accountId: number | null;
  readonly ip: string | null;
  /** How the performer was authenticated, with Quay's keys; part of the metadata of pulls and pushes. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The request that makes the change; recorded with `FEATURE_EXTENDED_ACTION_LOGGING`. */
  readonly request?: LoggedRequest | undefined;
}

/** The command line and background work: nobody who could be named. */
export const noPerformer: Performer = { accountId: null, ip: null, metadata: {} };

/** `ip` is the client's address; `facts` are absent where no request is at hand. */
export function performerOf(principal: Principal, ip: string | null, facts?: RequestFacts): Performer {
  const performer = identify(principal, ip);
  return facts === undefined ? performer : { ...performer, request: loggedRequest(principal, facts) };
}

function identify(principal: Principal, ip: string | null): Performer {
  switch (principal.kind) {
    case 'anonymous':
      return { accountId: null, ip, metadata: { public: true } };
    case 'access-token':
      return { accountId: null, ip, metadata: { token: principal.friendlyName } };
    case 'robot':
      return {
        accountId: principal.account.id,
        ip,
        metadata: { username: principal.account.name, robot: principal.account.name, is_robot: true },
      };
    case 'oauth-token':
      return {
        accountId: principal.account.id,
        ip,
        metadata: {
          username: principal.account.name,
          oauth_token_id: principal.tokenUuid,
          oauth_token_application_id: principal.clientId,
          oauth_token_application: principal.applicationName,
        },
      };
    case 'user':
      return {
        accountId: principal.account.id,
        ip,
        metadata: {
          username: principal.account.name,
          ...(principal.appToken && {
            app_specific_token: principal.appToken.uuid,
            app_specific_token_title: principal.appToken.title,
          }),
        },
      };
  }
}
