import type { GrantedCaller } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { avatarOf } from '#/api/shapes/avatar.ts';
import { canNamePerson } from '#/auth/engines/can-name-person.ts';
import type { DirectoryPerson } from '#/auth/engines/define-auth-engine.ts';
import { listLinkedAccounts } from '#/domain/namespaces/index.ts';

/** Nobody who types waits longer for a directory. */
const patienceMs = 2000;

/** People of the directory who have no account here yet; nobody while the directory does not answer, and for nobody who is not signed in. */
export async function findExternalPeople(
  services: ApiServices,
  { caller }: GrantedCaller,
  search: { readonly text: string; readonly limit: number },
) {
  const { people, service } = services.basic.engine;
  if (people === undefined || service === undefined || caller.kind === 'anonymous') return [];
  const found = await Promise.race([askDirectory(services, search), nobodyAfter(patienceMs)]);
  const identifiers = found.map(({ username }) => username);
  const links = await listLinkedAccounts(services.domain.database.read, service, identifiers);
  const linked = new Set(links.map(({ identifier }) => identifier));
  return found
    .filter(({ username }) => !linked.has(username))
    .map(({ username, email }) => ({
      name: username,
      kind: 'external' as const,
      title: email ?? '',
      avatar: avatarOf({ name: username, email: email ?? null, kind: 'user' }),
    }));
}

async function askDirectory(
  { basic, domain, settings }: ApiServices,
  { text, limit }: { readonly text: string; readonly limit: number },
): Promise<readonly DirectoryPerson[]> {
  const { people } = basic.engine;
  if (people === undefined || !canNamePerson(text)) return [];
  try {
    if (settings.featurePartialUserAutocomplete) return await people.findPeople(text, limit);
    const person = await people.findPerson(text);
    return person === undefined ? [] : [person];
  } catch (error) {
    domain.logger.warn({ err: error }, 'the directory was not searched');
    return [];
  }
}

function nobodyAfter(ms: number): Promise<readonly DirectoryPerson[]> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, []).unref();
  });
}
