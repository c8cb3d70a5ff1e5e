import type { ApiRoute } from '#/api/api-route.ts';

/** `/api/v1/...` with `{name}` for parameters, as documents write it. */
export function documentedPath({ facts }: ApiRoute): string {
  return `/api/v1${facts.path.replaceAll(/:(\w+)/g, '{$1}')}`;
}

/** Names of the parameters of the path, in their order. */
export function pathParameters({ facts }: ApiRoute): string[] {
  return [...facts.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
}

const descriptions: Readonly<Record<string, string>> = {
  repository: 'The full path of the repository, such as namespace/name',
  orgname: 'The name of the organization',
  teamname: 'The name of the team',
  username: 'The name of the user',
  membername: 'The name of the member',
  robot_shortname: 'The name of the robot, without its namespace',
  manifestref: 'The digest of the manifest',
  tag: 'The name of the tag',
  uuid: 'The id',
  email: 'The e-mail address',
};

export function describeParameter(name: string): string {
  return descriptions[name] ?? `The ${name.replaceAll('_', ' ')}`;
}

/** Routes by path, in the order of the paths. */
export function byPath(routes: readonly ApiRoute[]): [string, ApiRoute[]][] {
  const groups = new Map<string, ApiRoute[]>();
  for (const route of routes) {
    const path = documentedPath(route);
    groups.set(path, [...(groups.get(path) ?? []), route]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Tags of a document: the groups of operations by name. */
export function documentedTags(routes: readonly ApiRoute[]) {
  const names = [...new Set(routes.map(({ facts }) => facts.group))].sort();
  return names.map((name) => ({ name, description: `Operations of the group ${name}` }));
}
