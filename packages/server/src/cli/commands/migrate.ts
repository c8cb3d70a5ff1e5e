import type { Command } from 'commander';
import { addCommandOptions, type CommandOptions, directoriesOf, printResult } from '#/cli/command-options.ts';
import { ExitSignal, exitCodes } from '#/cli/exit-codes.ts';

interface Options extends CommandOptions {
  readonly check?: boolean;
}

/** `wharf migrate`. */
export function registerMigrate(program: Command): void {
  const command = program
    .command('migrate')
    .description('bring the database schema up to date; several nodes may do so at once')
    .option('--check', 'change nothing; exit 1 when migrations are pending')
    .addHelpText(
      'after',
      '\nThe server migrates by itself when it starts; this is for doing it apart, before an upgrade.',
    );
  addCommandOptions(command).action(async () => {
    const options = command.opts<Options>();
    const { dataDirectory, configDirectory } = directoriesOf(options);
    const { loadConfiguration } = await import('#/config/load-configuration.ts');
    const { migrate, pendingMigrations } = await import('#/db/migrate.ts');
    const { openDatabase } = await import('#/db/open-database.ts');
    const { configuration } = await loadConfiguration({
      directory: configDirectory,
      dataDirectory,
      env: process.env,
    });
    const { uri, connectionArguments, connectionPooling } = configuration.database;
    const database = await openDatabase({
      uri,
      connectionArgs: connectionArguments,
      pooling: connectionPooling,
    });
    try {
      if (options.check === true) {
        const pending = await pendingMigrations(database);
        const text = pending.length === 0 ? 'The schema is up to date.' : `Pending: ${pending.join(', ')}`;
        printResult(command, options, { json: { pending }, text });
        if (pending.length > 0) throw new ExitSignal(exitCodes.failed);
        return;
      }
      const ran = await migrate(database);
      const text = ran.length === 0 ? 'The schema is up to date.' : `Done: ${ran.join(', ')}`;
      printResult(command, options, { json: { migrated: ran }, text });
    } finally {
      await database.close();
    }
  });
}
