import type { z } from 'zod';
import type { ApiAccess } from '#/api/access.ts';
import type { ApiServices, ApiSettings } from '#/api/api-services.ts';
import { checkTransport } from '#/api/check-transport.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import { type AnyRoute, type BodyKind, type Method, type Route, route } from '#/http/route.ts';

/** Largest body of a call that does not say otherwise. */
export const bodyLimitBytes = 64 * 1024;

/** What discovery and the checks before the handler know of a call beside its route. */
export interface ApiFacts {
  /** Group of operations: the tag of the discovery document. */
  readonly group: string;
  /** Path below `/api/v1` as Quay serves it; `:name` for parameters. It answers with and without its trailing slash. */
  readonly path: string;
  /** Class name that Quay's discovery gives the resource, such as `endpoints.api.tag.RepositoryTag`. */
  readonly resource: string;
  /** One sentence for the documentation. */
  readonly summary: string;
  /** OAuth scope that discovery names; undefined for none. */
  readonly scope: OauthScope | undefined;
  /** INT: discovery leaves it out unless asked for. */
  readonly internal: boolean;
  /** FL: a session must be fresh. */
  readonly freshLogin: boolean;
  /** RO: allowed while the registry is read-only. */
  readonly allowedWhileReadOnly: boolean;
  /** ANON: reachable without an account even when anonymous access is off. */
  readonly allowedAnonymously: boolean;
  /** A call that needs no CSRF token though it writes without a bearer token. */
  readonly withoutCsrfToken: boolean;
  /** False: the operation answers 404. */
  readonly gate: ((settings: ApiSettings) => boolean) | undefined;
  readonly request: { readonly params: z.ZodType; readonly query: z.ZodType; readonly body: BodyKind };
  readonly response: z.ZodType;
  readonly status: number;
}

export interface ApiRoute extends AnyRoute<ApiServices> {
  readonly facts: ApiFacts;
}

type RouteOf<Params, Query, Body extends BodyKind, Granted> = Route<
  ApiServices,
  Params,
  Query,
  Body,
  Granted
>;

interface Definition<Params, Query, Body extends BodyKind, Granted>
  extends Pick<
    RouteOf<Params, Query, Body, Granted>,
    'operationId' | 'status' | 'request' | 'response' | 'handle'
  > {
  readonly method: Exclude<Method, 'HEAD' | 'PATCH'>;
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly summary: string;
  readonly access: ApiAccess<NoInfer<Params>, Granted>;
  /** Where discovery names another scope than the access rule's own; null for none. */
  readonly scope?: OauthScope | null;
  readonly internal?: true;
  readonly freshLogin?: true;
  readonly allowedWhileReadOnly?: true;
  readonly allowedAnonymously?: true;
  readonly withoutCsrfToken?: true;
  readonly gate?: (settings: ApiSettings) => boolean;
}

/**
 * One operation of the REST API: the checks of REST reference 1 in their order, then its access rule, then its handler. `path` is Quay's,
 * with `:name` for `{name}`.
 */
export function apiRoute<Params, Query, const Body extends BodyKind, Granted>(
  definition: Definition<Params, Query, Body, Granted>,
): ApiRoute {
  const { access } = definition;
  const facts: ApiFacts = {
    group: definition.group,
    path: definition.path,
    resource: definition.resource,
    summary: definition.summary,
    scope: definition.scope === undefined ? access.scope : (definition.scope ?? undefined),
    internal: definition.internal === true,
    freshLogin: definition.freshLogin === true,
    allowedWhileReadOnly: definition.allowedWhileReadOnly === true,
    allowedAnonymously: definition.allowedAnonymously === true,
    withoutCsrfToken: definition.withoutCsrfToken === true,
    gate: definition.gate,
    request: definition.request,
    response: definition.response,
    status: definition.status,
  };
  return {
    ...route<ApiServices, Params, Query, Body, Granted>({
      operationId: definition.operationId,
      method: definition.method,
      url: `/api/v1${definition.path}`,
      status: definition.status,
      access: {
        name: access.name,
        async check(services, request, params) {
          const caller = await checkTransport(services, request, facts);
          const granted = await access.check(services, caller, request, params);
          return granted;
        },
      },
      request: definition.request,
      response: definition.response,
      handle: definition.handle,
    }),
    facts,
  };
}

/** Body of a call that must send JSON of this shape. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { kind: 'json', schema, limitBytes: bodyLimitBytes } as const;
}

export const noBody = { kind: 'none' } as const;
