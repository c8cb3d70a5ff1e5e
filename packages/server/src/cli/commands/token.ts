import type { Command } from 'commander';
import { UsageError } from '#/cli/exit-codes.ts';
import { operatorAction } from '#/cli/operator-action.ts';
import { type AppToken, createAppToken, listAppTokens, revokeAppToken } from '#/domain/tokens/index.ts';
import { formatTable, formatTime } from './format-table.ts';
import { getUser } from './named-things.ts';

interface UserOption {
  readonly user: string;
}

interface CreateOptions extends UserOption {
  readonly title: string;
  readonly days?: string;
}

const msPerDay = 24 * 3600 * 1000;

/** `wharf token`. */
export function registerToken(program: Command): void {
  const group = program
    .command('token')
    .description('app-specific tokens: passwords for one client each, used with the user name $app');

  const create = group
    .command('create')
    .description('create a token and print it')
    .requiredOption('--user <name>', 'user whom it stands for')
    .requiredOption('--title <text>', 'what it is for')
    .option('--days <number>', 'days until it expires (default: APP_SPECIFIC_TOKEN_EXPIRATION, else never)')
    .addHelpText(
      'after',
      `
Standard output holds the token alone, so that it can go to a file.

Examples:
  wharf token create --user alice --title laptop > token
  docker login -u '$app' --password-stdin registry.example.com < token`,
    );
  operatorAction<CreateOptions>(create, async (services, _args, { user, title, days }) => {
    const account = await getUser(services, user);
    const expiresMs = days === undefined ? undefined : services.clock.nowMs() + parseDays(days) * msPerDay;
    const { token, ...created } = await createAppToken(services, {
      accountId: account.id,
      title,
      ...(expiresMs !== undefined && { expiresMs }),
    });
    return { json: { ...describe(created), user, token }, text: token };
  });

  const list = group
    .command('list')
    .description('list the tokens of a user, newest first, without their text')
    .requiredOption('--user <name>', 'user whom they stand for');
  operatorAction<UserOption>(list, async (services, _args, { user }) => {
    const tokens = await listAppTokens(services.database.read, (await getUser(services, user)).id);
    return {
      json: { tokens: tokens.map(describe) },
      text: formatTable(
        ['UUID', 'TITLE', 'CREATED', 'EXPIRES', 'LAST ACCESSED'],
        tokens.map((token) => [
          token.uuid,
          token.title,
          formatTime(token.createdMs, '-'),
          formatTime(token.expiresMs, 'never'),
          formatTime(token.lastAccessedMs, 'never'),
        ]),
        `${user} has no tokens.`,
      ),
    };
  });

  const revoke = group
    .command('revoke <uuid>')
    .description('end a token at once')
    .requiredOption('--user <name>', 'user whom it stands for');
  operatorAction<UserOption>(revoke, async (services, [uuid = ''], { user }) => {
    await revokeAppToken(services, { accountId: (await getUser(services, user)).id, uuid });
    return { json: { uuid }, text: 'Revoked the token.' };
  });
}

function parseDays(text: string): number {
  const days = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (days > 0) return days;
  throw new UsageError(`--days takes a number of days from 1 to 99999, not "${text}"`);
}

function describe({ uuid, title, createdMs, expiresMs, lastAccessedMs }: AppToken) {
  return {
    uuid,
    title,
    created: formatTime(createdMs, ''),
    expires: expiresMs === null ? null : formatTime(expiresMs, ''),
    last_accessed: lastAccessedMs === null ? null : formatTime(lastAccessedMs, ''),
  };
}
