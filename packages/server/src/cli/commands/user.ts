import { Argument, type Command } from 'commander';
import { operatorAction } from '#/cli/operator-action.ts';
import { deleteNamespace } from '#/domain/gc/index.ts';
import {
  type Account,
  createUser,
  isSuperuserAccount,
  listAccounts,
  setAccountEnabled,
  setPassword,
  setSuperuser,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { formatTable, formatTime } from './format-table.ts';
import { getUser } from './named-things.ts';
import { addPagingOptions, type PagingOptions, parseLimit } from './paging-options.ts';
import { readPassword } from './read-password.ts';
import { registerUserSignIn } from './user-sign-in.ts';

interface CreateOptions {
  readonly email?: string;
  readonly passwordStdin?: boolean;
  readonly superuser?: boolean;
}

/** `wharf user`. */
export function registerUser(program: Command): void {
  const group = program.command('user').description('people who sign in');

  const create = group
    .command('create <name>')
    .description('create a user')
    .option('--email <address>', 'e-mail address')
    .option('--password-stdin', 'read the password from standard input')
    .option('--superuser', 'let the user manage the whole registry')
    .addHelpText(
      'after',
      `
Without a password the user can only be used with tokens, until one is set.

Examples:
  wharf user create alice --email alice@example.com --password-stdin < password.txt
  wharf user create admin --superuser --password-stdin < password.txt`,
    );
  operatorAction<CreateOptions>(create, async (services, [name = ''], options) => {
    const user = await createUser(services, {
      name,
      email: options.email,
      password: options.passwordStdin === true ? await readPassword(true) : undefined,
      superuser: options.superuser === true,
    });
    const note = options.passwordStdin === true ? '' : ' No password is set: see wharf user set-password.';
    return { json: describe(services, user), text: `Created the user ${user.name}.${note}` };
  });

  const list = addPagingOptions(group.command('list').description('list users by name'));
  operatorAction<PagingOptions>(list, async (services, _args, options) => {
    const users = await listAccounts(services.database.read, {
      kind: 'user',
      after: options.after,
      limit: parseLimit(options.limit),
    });
    return {
      json: { users: users.map((user) => describe(services, user)) },
      text: formatTable(
        ['NAME', 'EMAIL', 'STATE', 'ROLE', 'CREATED'],
        users.map((user) => [
          user.name,
          user.email ?? '-',
          user.enabled ? 'enabled' : 'disabled',
          isSuperuserAccount(services.settings, user) ? 'superuser' : 'user',
          formatTime(user.createdMs, '-'),
        ]),
        'There are no users.',
      ),
    };
  });

  const show = group.command('show <name>').description('show one user');
  operatorAction(show, async (services, [name = '']) => {
    const user = describe(services, await getUser(services, name));
    const rows = Object.entries(user).map(([key, value]) => [key.replaceAll('_', ' '), String(value ?? '-')]);
    return { json: user, text: formatTable(['FIELD', 'VALUE'], rows, '') };
  });

  const password = group
    .command('set-password <name>')
    .description('set a password and end all sessions of the user')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText('after', '\nExample:\n  wharf user set-password alice --password-stdin < password.txt');
  operatorAction<CreateOptions>(password, async (services, [name = ''], options) => {
    const user = await getUser(services, name);
    await setPassword(services, { accountId: user.id, password: await readPassword(options.passwordStdin) });
    return { json: { name }, text: `Set the password of ${name}; all sessions have ended.` };
  });

  registerUserSignIn(group);

  for (const [word, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    const toggle = group
      .command(`${word} <name>`)
      .description(
        enabled ? 'let a disabled user in again' : 'stop every use of the account and its namespace',
      );
    operatorAction(toggle, async (services, [name = '']) => {
      const user = await getUser(services, name);
      await setAccountEnabled(services, { accountId: user.id, enabled });
      return { json: { name, enabled }, text: `The user ${name} is ${word}d.` };
    });
  }

  const superuser = group
    .command('set-superuser')
    .argument('<name>')
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .description('give or take the right to manage the whole registry (SUPER_USERS adds to it)');
  operatorAction(superuser, async (services, [name = '', state]) => {
    const user = await getUser(services, name);
    await setSuperuser(services, { accountId: user.id, superuser: state === 'on' });
    const now = await getUser(services, name);
    const is = isSuperuserAccount(services.settings, now);
    return { json: describe(services, now), text: `The user ${name} is ${is ? 'a' : 'no'} superuser.` };
  });

  const remove = group
    .command('delete <name>')
    .description('delete a user with repositories, robots, tokens and permissions');
  operatorAction(remove, async (services, [name = '']) => {
    const user = await getUser(services, name);
    await deleteNamespace(services, { accountId: user.id });
    return { json: { name }, text: `Deleted the user ${name}.` };
  });
}

function describe(services: Services, user: Account) {
  return {
    name: user.name,
    uuid: user.uuid,
    email: user.email,
    enabled: user.enabled,
    verified: user.verified,
    superuser: isSuperuserAccount(services.settings, user),
    has_password: user.passwordHash !== null,
    created: formatTime(user.createdMs, ''),
    last_accessed: user.lastAccessedMs === null ? null : formatTime(user.lastAccessedMs, ''),
  };
}
