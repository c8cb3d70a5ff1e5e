import { Argument, type Command, Option } from 'commander';
import { UsageError } from '#/cli/exit-codes.ts';
import { operatorAction } from '#/cli/operator-action.ts';
import type { Visibility } from '#/db/schema.ts';
import {
  createRepository,
  listRepositories,
  type RepositoryPosition,
  type RepositoryReference,
  setRepositoryState,
  setRepositoryVisibility,
} from '#/domain/repositories/index.ts';
import { formatTable } from './format-table.ts';
import { getNamespace, getRepository, getUser, parsePath } from './named-things.ts';
import { addPagingOptions, type PagingOptions, parseLimit } from './paging-options.ts';

interface CreateOptions {
  readonly visibility: Visibility;
  readonly description?: string;
  readonly creator?: string;
}

/** `wharf repo`. */
export function registerRepo(program: Command): void {
  const group = program.command('repo').description('repositories, named NAMESPACE/NAME');

  const create = group
    .command('create <repository>')
    .description('create an empty repository')
    .addOption(
      new Option('--visibility <kind>', 'who may pull').choices(['private', 'public']).default('private'),
    )
    .option('--description <text>', 'what it holds, in Markdown')
    .option('--creator <user>', 'user who becomes its administrator')
    .addHelpText('after', '\nExample:\n  wharf repo create acme/app --visibility private');
  operatorAction<CreateOptions>(create, async (services, [path = ''], options) => {
    const { namespace, name } = parsePath(services, path);
    const repository = await createRepository(services, {
      namespaceId: (await getNamespace(services, namespace)).id,
      name,
      visibility: options.visibility,
      description: options.description ?? '',
      creator: options.creator === undefined ? undefined : await getUser(services, options.creator),
    });
    return {
      json: describe(repository),
      text: `Created the ${repository.visibility} repository ${namespace}/${name}.`,
    };
  });

  const list = addPagingOptions(
    group
      .command('list')
      .description('list repositories by namespace and name')
      .option('--namespace <name>', 'those of one user or organization only'),
  );
  operatorAction<PagingOptions & { namespace?: string }>(list, async (services, _args, options) => {
    const { namespace, after, limit } = options;
    const repositories = await listRepositories(services.database.read, {
      namespaceId: namespace === undefined ? undefined : (await getNamespace(services, namespace)).id,
      after: after === undefined ? undefined : parsePosition(after),
      limit: parseLimit(limit),
    });
    return {
      json: { repositories: repositories.map(describe) },
      text: formatTable(
        ['REPOSITORY', 'VISIBILITY', 'STATE'],
        repositories.map((each) => [`${each.namespace}/${each.name}`, each.visibility, each.state]),
        'There are no repositories.',
      ),
    };
  });

  const visibility = group
    .command('set-visibility')
    .argument('<repository>')
    .addArgument(new Argument('<visibility>').choices(['private', 'public']))
    .description('let everybody pull, or only those with a permission');
  operatorAction(visibility, async (services, [path = '', wanted]) => {
    const repository = await getRepository(services, path);
    const next = wanted === 'public' ? 'public' : 'private';
    await setRepositoryVisibility(services, { repository, visibility: next });
    return { json: describe({ ...repository, visibility: next }), text: `${path} is ${next}.` };
  });

  const state = group
    .command('set-state')
    .argument('<repository>')
    .addArgument(new Argument('<state>').choices(['NORMAL', 'READ_ONLY']))
    .description('open a repository for pushes, or close it for everybody');
  operatorAction(state, async (services, [path = '', wanted]) => {
    const repository = await getRepository(services, path);
    const next = wanted === 'READ_ONLY' ? 'READ_ONLY' : 'NORMAL';
    await setRepositoryState(services, { repository, state: next });
    return { json: describe({ ...repository, state: next }), text: `${path} is in state ${next}.` };
  });
}

function parsePosition(path: string): RepositoryPosition {
  const slash = path.indexOf('/');
  if (slash === -1) throw new UsageError(`--after takes NAMESPACE/NAME, not "${path}"`);
  return { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
}

function describe({ namespace, name, visibility, kind, state }: RepositoryReference) {
  return { namespace, name, visibility, kind, state };
}
