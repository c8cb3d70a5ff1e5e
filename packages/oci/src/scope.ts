import { OciParseError } from './parse-error.ts';

export type ScopeAction = 'pull' | 'push' | '*' | 'delete';

export type Scope =
  | {
      readonly kind: 'repository';
      /** The name as it was asked for, to be repeated in the token. */
      readonly requestedName: string;
      /** The name without the registry's host; not yet checked as a repository's path. */
      readonly path: string;
      readonly actions: ReadonlySet<ScopeAction>;
    }
  /** A resource that this registry has no grants for but that real clients ask for. */
  | { readonly kind: 'ignored' };

export interface ScopeOptions {
  /** `SERVER_HOSTNAME`, with its port if it has one. */
  readonly serverHostname: string | undefined;
}

const longestScope = 1024;

/** Scopes of all `scope` parameters; one parameter may hold several, separated by spaces. */
export function splitScopes(parameters: readonly string[]): string[] {
  return parameters.flatMap((parameter) => parameter.split(' ')).filter((scope) => scope !== '');
}

/**
 * Reads `repository:[<host>/]<name>:<action>[,<action>]*`. Throws OciParseError `scope_invalid`, also for a
 * host with a port which is not this registry's.
 */
export function parseScope(text: string, options: ScopeOptions): Scope {
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  if (text.length > longestScope || first === -1 || first === last) throw malformed();
  const type = text.slice(0, first);
  if (type === 'repository(plugin)' || (type === 'registry' && text.startsWith('registry:catalog:'))) {
    return { kind: 'ignored' };
  }
  if (type !== 'repository') throw malformed();
  const requestedName = text.slice(first + 1, last);
  const path = stripHost(requestedName, options.serverHostname);
  if (path === '' || path.includes(':')) throw malformed();
  return { kind: 'repository', requestedName, path, actions: parseActions(text.slice(last + 1)) };
}

function stripHost(name: string, serverHostname: string | undefined): string {
  if (serverHostname === undefined || serverHostname === '') return name;
  const prefix = `${serverHostname}/`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function parseActions(text: string): Set<ScopeAction> {
  return new Set(
    text.split(',').map((action): ScopeAction => {
      if (action === 'pull' || action === 'push' || action === '*' || action === 'delete') return action;
      throw malformed();
    }),
  );
}

function malformed(): OciParseError {
  return new OciParseError(
    'scope_invalid',
    'A scope must look like repository:<namespace>/<name>:pull,push and name this registry, if it names one.',
  );
}
