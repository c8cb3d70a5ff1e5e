import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Answer } from '#/http/answer.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request as handlers and access rules see it. */
export interface RequestContext {
  readonly raw: IncomingMessage;
  readonly method: string;
  /** Path and query as received, before folding, in origin form. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly requestId: string;
  /** Address of the client, through the configured number of proxies. */
  readonly ip: string;
  /** Scheme and host of this registry without a trailing slash, from the configuration or else from the request. */
  readonly baseUrl: string;
  /** Host, with port, of `baseUrl`: audience of tokens and `service` of challenges. */
  readonly host: string;
}

/** Who may call; `check` throws DomainError or returns what the handler may rely on. */
export interface AccessRule<Services, Params, Granted> {
  readonly name: string;
  check(services: Services, request: RequestContext, params: Params): Promise<Granted>;
}

/** How the request body reaches the handler: not at all, as a stream, as bytes up to a limit, or as JSON parsed by a schema. */
export type BodyKind =
  | { readonly kind: 'none' }
  | { readonly kind: 'stream' }
  | { readonly kind: 'bytes'; readonly limitBytes: number }
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      readonly limitBytes: number;
      /** Without a body, or with one of another type, the schema parses `undefined`. */
      readonly optional?: true;
    };

/** What the handler sees of a body of that kind. */
export type BodyOf<Kind extends BodyKind> = Kind extends { kind: 'stream' }
  ? IncomingMessage
  : Kind extends { kind: 'bytes' }
    ? Buffer
    : Kind extends { kind: 'json'; schema: z.ZodType<infer Value> }
      ? Value
      : undefined;

export interface Route<
  Services,
  Params = unknown,
  Query = unknown,
  Body extends BodyKind = { readonly kind: 'none' },
  Granted = unknown,
> {
  /** Quay's operationId, or the registry's own name of the operation. */
  readonly operationId: string;
  readonly method: Method;
  /** Fastify path; `:repository` may stand for several segments. */
  readonly url: string;
  /** Status of a plain (non-Answer) result. */
  readonly status: number;
  readonly access: AccessRule<NoInfer<Services>, NoInfer<Params>, Granted>;
  readonly request: {
    readonly params: z.ZodType<Params>;
    readonly query: z.ZodType<Query>;
    readonly body: Body;
  };
  readonly response: z.ZodType;
  handle(
    input: {
      readonly params: Params;
      readonly query: Query;
      readonly body: BodyOf<Body>;
      readonly granted: Granted;
    },
    services: Services,
    request: RequestContext,
  ): Promise<Answer | unknown>;
}

/** A route whose own types are hidden, for lists. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of a list's members differ; each member was checked by route()
export type AnyRoute<Services> = Route<Services, any, any, any, any>;

/** Ties the parts of a route together, so that its handler sees what its schemas and its access rule promise. */
export function route<Services, Params, Query, const Body extends BodyKind, Granted>(
  definition: Route<Services, Params, Query, Body, Granted>,
): Route<Services, Params, Query, Body, Granted> {
  return definition;
}
