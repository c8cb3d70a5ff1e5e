import type { Command } from 'commander';
import { addCommandOptions, type CommandOptions, directoriesOf } from '#/cli/command-options.ts';
import { UsageError } from '#/cli/exit-codes.ts';
import { type ListenAddress, parseListenAddress } from '#/cli/parse-listen-address.ts';
import { type Role, roles } from '#/cli/serve-options.ts';

interface Options extends CommandOptions {
  readonly only?: string;
  readonly listen: string;
  readonly listenTls?: string;
  readonly listenTlsProxy?: string;
  readonly metricsListen: string;
}

const examples = `
Examples:
  wharf serve
      everything on http://127.0.0.1:8080, with an embedded database in ./data
  wharf serve --listen 0.0.0.0:8080 --data /var/lib/wharf
      reachable from other machines; the first user then needs the token that the start prints
  wharf serve --listen 0.0.0.0:80 --listen-tls 0.0.0.0:443 --config /etc/wharf
      HTTPS with /etc/wharf/ssl.cert and ssl.key; port 80 sends everybody there
  wharf serve --only workers --config /etc/wharf
      background work alone, beside other nodes that serve the registry`;

/** `wharf serve`. */
export function registerServe(program: Command): void {
  const command = program
    .command('serve')
    .description('run the registry')
    .option('--only <roles>', `run these parts only, separated by commas: ${roles.join(', ')}`)
    .option('--listen <host:port>', 'address of the registry, its API and pages', '127.0.0.1:8080')
    .option(
      '--listen-tls <host:port>',
      'address for HTTPS, with ssl.cert and ssl.key in the configuration directory (default: port 443, or 8443 where that is not allowed, of the host of --listen)',
    )
    .option(
      '--listen-tls-proxy <host:port>',
      'address for HTTPS behind proxies that speak the PROXY protocol',
    )
    .option('--metrics-listen <host:port>', 'address of the metrics', '127.0.0.1:9092')
    .addHelpText('after', examples);
  addCommandOptions(command).action(async () => {
    const options = command.opts<Options>();
    const serveOptions = {
      roles: parseRoles(options.only),
      listen: parseListenAddress('--listen', options.listen),
      listenTls: parseOptional('--listen-tls', options.listenTls),
      listenTlsProxy: parseOptional('--listen-tls-proxy', options.listenTlsProxy),
      metricsListen: parseListenAddress('--metrics-listen', options.metricsListen),
      ...directoriesOf(options),
    };
    const { serve } = await import('#/compose.ts');
    await serve(serveOptions);
  });
}

function parseOptional(option: string, text: string | undefined): ListenAddress | undefined {
  return text === undefined ? undefined : parseListenAddress(option, text);
}

/** The roles of `--only`, in a fixed order; all without the option. */
function parseRoles(text: string | undefined): readonly Role[] {
  if (text === undefined) return roles;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !roles.some((role) => role === name));
  if (unknown !== undefined) throw new UsageError(`--only knows ${roles.join(', ')}, not "${unknown}"`);
  return roles.filter((role) => names.includes(role));
}
