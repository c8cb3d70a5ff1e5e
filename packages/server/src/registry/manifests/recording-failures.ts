import { findReference } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import { type LogKind, performerOf } from '#/domain/logs/index.ts';
import type { AnyRoute, RequestContext } from '#/http/route.ts';
import type { Granted } from '#/registry/access.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

type FailureKind = Extract<LogKind, 'pull_repo_failed' | 'push_repo_failed' | 'delete_tag_failed'>;

/**
 * The same route of a manifest, with an entry in the action log for each refusal of a caller who passed its access rule, if the configuration
 * wants them (`ACTION_LOG_AUDIT_PULL_FAILURES` and its siblings).
 */
export function recordingFailures(
  kind: FailureKind,
  route: AnyRoute<RegistryServices>,
): AnyRoute<RegistryServices> {
  return {
    ...route,
    async handle(input, services, request) {
      try {
        return await route.handle(input, services, request);
      } catch (error) {
        if (error instanceof DomainError) {
          await record(kind, services, request, input.granted, { reference: input.params.reference, error });
        }
        throw error;
      }
    },
  };
}

async function record(
  kind: FailureKind,
  { pullLog }: RegistryServices,
  request: RequestContext,
  { repository, principal }: Granted,
  failure: { readonly reference: string; readonly error: DomainError },
): Promise<void> {
  const reference = findReference(failure.reference);
  const performer = performerOf(principal, request.ip);
  await pullLog.record({
    kind,
    accountId: repository.namespaceId,
    performerId: performer.accountId,
    repositoryId: repository.id,
    ip: performer.ip,
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
