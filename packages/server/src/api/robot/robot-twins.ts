import { z } from 'zod';
import {
  type ApiAccess,
  type GrantedAccount,
  type GrantedCaller,
  type GrantedOrganization,
  organizationAdmin,
  organizationMember,
  selfAdmin,
} from '#/api/access.ts';
import { type ApiRoute, apiRoute } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { mayAdminister } from '#/api/organization/organization-access.ts';
import { requireUnrestricted } from '#/api/restricted-users.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { BodyKind, BodyOf, RequestContext } from '#/http/route.ts';

/** Whose robots a call is about. */
export interface GrantedOwner extends GrantedCaller {
  readonly owner: Account;
  /** May change the robots and see their tokens. */
  readonly isAdmin: boolean;
}

interface InOrganization {
  readonly orgname: string;
}

interface Twins<Params, Query, Body extends BodyKind> {
  /** Quay's operationIds for the caller's own robots and those of an organization. */
  readonly operationIds: { readonly user: string; readonly organization: string };
  readonly resources: { readonly user: string; readonly organization: string };
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below the caller or the organization. */
  readonly path: string;
  readonly summary: string;
  readonly status: number;
  /** What it takes in an organization. */
  readonly need: 'admin' | 'member';
  /** Restricted users may not do it with robots of their own. */
  readonly unrestrictedOnly?: true;
  /** Where discovery names another scope than org:admin for the organization's. */
  readonly organizationScope?: OauthScope;
  readonly request: {
    readonly params: z.ZodType<Params> & z.ZodObject;
    readonly query: z.ZodType<Query>;
    readonly body: Body;
  };
  readonly response: z.ZodType;
  handle(
    input: {
      readonly params: Params;
      readonly query: Query;
      readonly body: BodyOf<Body>;
      readonly granted: GrantedOwner;
    },
    services: ApiServices,
    request: RequestContext,
  ): Promise<unknown>;
}

/** One operation on robots in its two forms: for those of the caller, and for those of an organization. */
export function robotTwins<Params, Query, const Body extends BodyKind>(
  twins: Twins<Params, Query, Body>,
): readonly [ApiRoute, ApiRoute] {
  const { method, summary, status, request, response, handle } = twins;
  const shared = { method, summary, status, response, group: 'robot' };
  return [
    apiRoute({
      ...shared,
      operationId: twins.operationIds.user,
      resource: `endpoints.api.robot.${twins.resources.user}`,
      path: `/user/robots${twins.path}`,
      access: ownRobots(twins.unrestrictedOnly === true),
      request,
      handle,
    }),
    apiRoute<Params & InOrganization, Query, Body, GrantedOwner>({
      ...shared,
      operationId: twins.operationIds.organization,
      resource: `endpoints.api.robot.${twins.resources.organization}`,
      path: `/organization/:orgname/robots${twins.path}`,
      access: robotsOf(twins.need === 'admin' ? organizationAdmin : organizationMember),
      ...(twins.organizationScope === undefined ? {} : { scope: twins.organizationScope }),
      request: {
        ...request,
        params: request.params.extend({ orgname: z.string() }) as unknown as z.ZodType<
          Params & InOrganization
        >,
      },
      handle,
    }),
  ];
}

function ownRobots(unrestrictedOnly: boolean): ApiAccess<unknown, GrantedOwner> {
  return {
    name: selfAdmin.name,
    scope: selfAdmin.scope,
    async check(services, caller, request, params) {
      const granted: GrantedAccount = await selfAdmin.check(services, caller, request, params);
      if (unrestrictedOnly) requireUnrestricted(services, caller);
      return { caller, principal: granted.principal, owner: granted.account, isAdmin: true };
    },
  };
}

function robotsOf(
  rule: ApiAccess<InOrganization, GrantedOrganization>,
): ApiAccess<InOrganization, GrantedOwner> {
  return {
    name: rule.name,
    // Quay's discovery names it for members' calls too.
    scope: 'org:admin',
    async check(services, caller, request, params) {
      const granted = await rule.check(services, caller, request, params);
      return {
        caller,
        principal: granted.principal,
        owner: granted.organization,
        isAdmin: await mayAdminister(services, granted),
      };
    },
  };
}
