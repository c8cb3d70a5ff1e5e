import { findReference } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import { isKindRecorded, type LogKind, performerOf } from '#/domain/logs/index.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import { requestFacts } from '#/http/request-facts.ts';
import type { AnyRoute, RequestContext } from '#/http/route.ts';
import { repositoryOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

type FailureKind = Extract<LogKind, 'pull_repo_failed' | 'push_repo_failed' | 'delete_tag_failed'>;

interface Params {
  readonly repository: string;
  readonly reference: string;
}

/**
 * The same route of a manifest, with an entry in the action log for each refusal, if the configuration wants them
 * (`ACTION_LOG_AUDIT_PULL_FAILURES` and its siblings): of callers whose token does not reach that far, and of what was asked for. Requests
 * without a token leave none: clients begin with one to learn where tokens are made.
 */
export function recordingFailures(
  kind: FailureKind,
  route: AnyRoute<RegistryServices>,
): AnyRoute<RegistryServices> {
  return {
    ...route,
    access: {
      name: route.access.name,
      async check(services, request, params: Params) {
        try {
          return await route.access.check(services, request, params);
        } catch (error) {
          if (error instanceof DomainError && error.code === 'unauthorized') {
            const refused = await findRefused(kind, services, request, params);
            if (refused !== undefined) await record(kind, services, request, { ...refused, params, error });
          }
          throw error;
        }
      },
    },
    async handle(input, services, request) {
      try {
        return await route.handle(input, services, request);
      } catch (error) {
        if (error instanceof DomainError) {
          const { params } = input;
          const { repository, principal } = input.granted;
          await record(kind, services, request, { repository, principal, params, error });
        }
        throw error;
      }
    },
  };
}

interface Place {
  /** Null where there is no such namespace. */
  readonly namespaceId: number | null;
  readonly namespace: string;
  readonly name: string;
  /** Absent where there is no such repository. */
  readonly id?: number;
}

/** Whom an access rule refused, and where; undefined without a token that says who calls, and where nobody wants to know. */
async function findRefused(
  kind: FailureKind,
  services: RegistryServices,
  request: RequestContext,
  params: Params,
): Promise<{ readonly repository: Place; readonly principal: Principal } | undefined> {
  const { authorization } = request.headers;
  if (authorization === undefined || !isKindRecorded(kind, services.domain.settings.actionLog))
    return undefined;
  try {
    const claims = await services.tokens.verify(authorization, request.host);
    const path = repositoryOf(params.repository, services.settings);
    const { repository, principal } = await services.authority.authorize(claims, path);
    if (repository !== undefined) return { repository, principal };
    const owner = await findAccountByName(services.domain.database.read, path.namespace);
    return { repository: { ...path, namespaceId: owner?.id ?? null }, principal };
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

async function record(
  kind: FailureKind,
  { pullLog }: RegistryServices,
  request: RequestContext,
  failure: {
    readonly repository: Place;
    readonly principal: Principal;
    readonly params: Params;
    readonly error: DomainError;
  },
): Promise<void> {
  const { repository } = failure;
  const reference = findReference(failure.params.reference);
  const performer = performerOf(failure.principal, request.ip, requestFacts(request));
  await pullLog.record({
    kind,
    accountId: repository.namespaceId,
    performerId: performer.accountId,
    repositoryId: repository.id ?? null,
    ip: performer.ip,
    request: performer.request,
    metadata: {
      ...performer.metadata,
      namespace: repository.namespace,
      repo: repository.name,
      ...(reference !== undefined &&
        ('tag' in reference ? reference : { manifest_digest: reference.digest })),
      message: failure.error.message,
    },
  });
}
