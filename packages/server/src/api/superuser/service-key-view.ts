import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { formatGmtDate } from '#/api/shapes/dates.ts';
import { installUserSchema, installUserView } from '#/api/superuser/install-user-view.ts';
import { DomainError } from '#/domain/errors.ts';
import { listAccountsByIds } from '#/domain/namespaces/index.ts';
import type { ServiceKey } from '#/domain/service-keys/index.ts';

export const serviceKeySchema = z.object({
  name: z.string(),
  kid: z.string(),
  service: z.string(),
  jwk: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()),
  created_date: z.string().nullable(),
  expiration_date: z.string().nullable(),
  rotation_duration: z.number().nullable(),
  approval: z
    .object({
      approver: installUserSchema.nullable(),
      approval_type: z.string(),
      approved_date: z.string().nullable(),
      notes: z.string(),
    })
    .nullable(),
});

/** Keys as superusers see them, with who approved them (REST reference A.5). */
export async function serviceKeyViews(
  services: ApiServices,
  keys: readonly ServiceKey[],
): Promise<z.infer<typeof serviceKeySchema>[]> {
  const approverIds = new Set(keys.flatMap(({ approval }) => approval?.approverId ?? []));
  const approvers = await listAccountsByIds(services.domain.database.read, [...approverIds]);
  const byId = new Map(approvers.map((account) => [account.id, account]));
  return keys.map((key) => {
    const approver = byId.get(key.approval?.approverId ?? 0);
    return {
      name: key.name,
      kid: key.kid,
      service: key.service,
      jwk: { ...key.jwk },
      metadata: { ...key.metadata },
      created_date: formatGmtDate(key.createdMs),
      expiration_date: formatGmtDate(key.expiresMs),
      rotation_duration: key.rotationDurationSeconds,
      approval:
        key.approval === undefined
          ? null
          : {
              approver: approver === undefined ? null : installUserView(services, approver),
              approval_type: key.approval.type,
              approved_date: formatGmtDate(key.approval.approvedMs),
              notes: key.approval.notes,
            },
    };
  });
}

/** A key that is there. Throws DomainError `not_found` otherwise. */
export async function serviceKeyView(services: ApiServices, key: ServiceKey | undefined) {
  const [view] = key === undefined ? [] : await serviceKeyViews(services, [key]);
  if (view === undefined) throw new DomainError('not_found', 'Not Found');
  return view;
}

/** An instant in seconds since the epoch as bodies give it; null means for ever. */
export const expirationField = z.number().min(0).max(253_402_300_799).nullable();

export function expirationMs(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000);
}
