import { findAccountsByNames } from '#/domain/namespaces/index.ts';
import type { OpenedServices } from './open-services.ts';

/** Names of superusers that nobody has yet, while anybody may register: whoever takes one gets its rights, as in Quay. */
export async function warnOfUnclaimedNames({ services, configuration }: OpenedServices): Promise<void> {
  const { access, interface: ui } = configuration;
  if (!access.featureUserCreation || access.authenticationType !== 'Database') return;
  const names = [...access.superUsers, ...ui.globalReadonlySuperUsers];
  const taken = new Set((await findAccountsByNames(services.database.read, names)).map(({ name }) => name));
  const unclaimed = names.filter((name) => !taken.has(name));
  if (unclaimed.length === 0) return;
  services.logger.warn(
    { names: unclaimed },
    'anybody may register under these names and would be superuser: create their accounts, or set FEATURE_USER_CREATION to false',
  );
}
