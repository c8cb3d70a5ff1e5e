import { z } from 'zod';

/** A directory whose groups teams can follow. */
export interface SyncService {
  readonly name: 'ldap' | 'keystone' | 'oidc';
  /** What names a group there (REST reference 9.6, sync body). */
  readonly config: z.ZodType<Readonly<Record<string, string>>>;
}

const groupName = z.string().trim().min(1).max(1024);

const services: ReadonlyMap<string, SyncService> = new Map([
  ['LDAP', { name: 'ldap', config: z.object({ group_dn: groupName }) }],
  ['Keystone', { name: 'keystone', config: z.object({ group_id: groupName }) }],
  ['OIDC', { name: 'oidc', config: z.object({ group_name: groupName }) }],
]);

/** That of an `AUTHENTICATION_TYPE`; undefined where there are no groups. */
export function syncServiceOf(authenticationType: string): SyncService | undefined {
  return services.get(authenticationType);
}
