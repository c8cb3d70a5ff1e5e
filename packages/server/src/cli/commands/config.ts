import type { Command } from 'commander';
import {
  addCommandOptions,
  type CommandOptions,
  type CommandResult,
  directoriesOf,
  printResult,
} from '#/cli/command-options.ts';
import { UsageError } from '#/cli/exit-codes.ts';
import type { OpenedServices } from '#/compose/open-services.ts';
import { formatTable, formatTime } from './format-table.ts';

/** `wharf config`. */
export function registerConfig(program: Command): void {
  const group = program
    .command('config')
    .description('the stored configuration and its saved versions')
    .addHelpText(
      'after',
      `
Examples:
  wharf config show                 the keys of this node's file, secrets masked
  wharf config history              who saved what when
  wharf config diff 7               what version 7 changed
  wharf config diff 3 7             what differs between two versions
  wharf config rollback 6           make version 6 the newest; nodes follow within seconds`,
    );

  action(group.command('show').description('print the stored keys, with secrets masked'), async (opened) => {
    const { maskValues } = await import('#/config/unmask-values.ts');
    const { parseYaml } = await import('#/config/parse-yaml.ts');
    const { writeYaml } = await import('#/config/directory/edit-yaml.ts');
    const { source } = await opened.node.directory.read();
    const { version } = await opened.node.directory.state();
    const config = maskValues(parseYaml(source, 'config.yaml').values);
    const title = `# ${opened.node.directory.path}, ${version === null ? 'no saved version' : `version ${version}`}`;
    return { json: { version, config }, text: `${title}\n${writeYaml(config)}`.trimEnd() };
  });

  action(
    group
      .command('history')
      .description('list saved versions, newest first, and what each node runs')
      .option('--limit <number>', 'list at most so many', '20'),
    async (opened, _args, { limit }: { readonly limit: string }) => {
      const { listConfigurationNodes, listConfigurationVersions } = await import(
        '#/domain/configuration/index.ts'
      );
      const versions = await listConfigurationVersions(opened.services.database.read, {
        before: undefined,
        limit: numberOf(limit, '--limit'),
      });
      const nodes = await listConfigurationNodes(opened.services);
      const rows = versions.map(({ number, createdMs, source, author, note }) => [
        String(number),
        formatTime(createdMs, ''),
        author ?? source,
        note,
      ]);
      const nodeRows = nodes.map(({ hostname, version, state, detail }) => [
        hostname,
        String(version ?? 'none'),
        state.replace('_', ' '),
        detail,
      ]);
      return {
        json: { versions, nodes },
        text: [
          formatTable(['VERSION', 'SAVED', 'BY', 'NOTE'], rows, 'No version was saved yet.'),
          formatTable(['NODE', 'VERSION', 'STATE', 'DETAIL'], nodeRows, 'No node runs now.'),
        ].join('\n\n'),
      };
    },
  );

  action(
    group
      .command('diff <version> [other]')
      .description('print what a version changed, or what differs between two, with secrets masked'),
    async (opened, [first = '', second]) => {
      const { getConfigurationVersion } = await import('#/domain/configuration/index.ts');
      const { diffContents } = await import('#/compose/configuration/diff-contents.ts');
      const given = numberOf(first, 'version');
      const [from, to] =
        second === undefined ? [Math.max(given - 1, 1), given] : [given, numberOf(second, 'other')];
      const [before, after] = await Promise.all([
        getConfigurationVersion(opened.services, from),
        getConfigurationVersion(opened.services, to),
      ]);
      const changes = diffContents(before.content, after.content);
      const lines = changes.flatMap(({ name, before: old, after: next }) => [
        ...(old === undefined ? [] : [`- ${name}: ${JSON.stringify(old)}`]),
        ...(next === undefined ? [] : [`+ ${name}: ${JSON.stringify(next)}`]),
      ]);
      return {
        json: { from, to, changes },
        text: lines.length === 0 ? 'They say the same.' : lines.join('\n'),
      };
    },
  );

  action(
    group
      .command('rollback <version>')
      .description('save an old version as the newest; running nodes follow'),
    async (opened, [text = '']) => {
      const { rollBackVersion } = await import('#/compose/configuration/roll-back-version.ts');
      const saved = await rollBackVersion(opened.services, opened.node.directory, numberOf(text, 'version'));
      return {
        json: { version: saved.number },
        text: `Version ${saved.number} says what version ${text} said. Running nodes follow within seconds, others when they start.`,
      };
    },
  );
}

function action<Options>(
  command: Command,
  handle: (
    opened: OpenedServices,
    args: readonly string[],
    options: Options & CommandOptions,
  ) => Promise<CommandResult>,
): void {
  addCommandOptions(command).action(async () => {
    const options = command.opts<Options & CommandOptions>();
    const { openServices } = await import('#/compose.ts');
    const opened = await openServices(directoriesOf(options));
    try {
      printResult(command, options, await handle(opened, command.args, options));
    } finally {
      await opened.close();
    }
  });
}

function numberOf(text: string, name: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`${name} must be a number from 1 on, not ${JSON.stringify(text)}`);
}
