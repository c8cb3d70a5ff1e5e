import type { Services } from '#/domain/services.ts';
import { listFederatedLogins } from './queries-federated-logins.ts';
import { updateFederatedLogin } from './queries-groups.ts';

/** What a link keeps of the groups that its service named at the last sign-in. */
export interface LoginGroups {
  readonly groups: readonly string[];
  readonly toldMs: number;
}

/** How old the memory may get before the same groups are written again. */
const renewMs = 3_600_000;

/** Keeps these groups with the link of the account to the service; writes only what is new, or after an hour. */
export async function rememberLoginGroups(
  services: Services,
  input: { readonly accountId: number; readonly service: string; readonly groups: readonly string[] },
): Promise<void> {
  const nowMs = services.clock.nowMs();
  const { accountId, service } = input;
  const groups = input.groups.toSorted();
  const links = await listFederatedLogins(services.database.read, accountId);
  const link = links.find((candidate) => candidate.service === service);
  if (link === undefined) return;
  const before = findLoginGroups(link.metadata);
  const isSame = before !== undefined && before.groups.join('\0') === groups.join('\0');
  if (isSame && nowMs - before.toldMs < renewMs) return;
  const kept = typeof link.metadata === 'object' && link.metadata !== null ? link.metadata : {};
  await services.database.transaction((db) =>
    updateFederatedLogin(db, accountId, service, { ...kept, groups, groups_told_ms: nowMs }),
  );
  if (!isSame) services.events.publish({ kind: 'authority-changed' });
}

/** The groups that a link keeps; undefined when it keeps none. */
export function findLoginGroups(metadata: unknown): LoginGroups | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { groups, groups_told_ms: toldMs } = metadata as Readonly<Record<string, unknown>>;
  if (!Array.isArray(groups) || typeof toldMs !== 'number') return undefined;
  return { groups: groups.filter((group): group is string => typeof group === 'string'), toldMs };
}
