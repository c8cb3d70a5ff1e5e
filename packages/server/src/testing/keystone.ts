import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { waitUntilReady } from './database-server.ts';
import { needsPrograms } from './find-program.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { scratchDirectory } from './scratch-directory.ts';

const execute = promisify(execFile);

const adminPassword = 'admin-password';
const region = 'RegionOne';

/** OpenStack's Keystone for tests, behind a relay on a loopback port of its own; it ends with this process at the latest. */
export interface Keystone {
  /** `http://127.0.0.1:<port>/v3` */
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string; readonly tenant: string };
  /** A call as the administrator; the JSON of the answer. Throws for a status of 400 and above. */
  call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** Makes somebody in a domain, by default `default`; the id. */
  addUser(user: {
    readonly name: string;
    readonly password?: string;
    readonly email?: string;
    readonly domain?: string;
  }): Promise<string>;
  addGroup(name: string): Promise<string>;
  addMember(groupId: string, userId: string): Promise<void>;
  removeMember(groupId: string, userId: string): Promise<void>;
  /** Passwords of anybody but the administrator that it was asked about so far. */
  countUserChecks(): number;
  /** Tokens that the administrator asked for so far. */
  countAdminLogIns(): number;
  /** Ends the relay; the port stays its own. */
  halt(): Promise<void>;
  /** The relay takes connections and answers nothing. */
  hang(): void;
  resume(): Promise<void>;
}

let running: Promise<Keystone> | undefined;

/** One for this process, started when it is first needed. Needs the Debian packages keystone, uwsgi-core and uwsgi-plugin-python3. */
export function sharedKeystone(): Promise<Keystone> {
  running ??= startKeystone();
  return running;
}

/** Option of a test that needs it. */
export function needsKeystone(): { readonly skip: string | false } {
  return needsPrograms('keystone-manage', 'uwsgi_python3', 'python3');
}

async function startKeystone(): Promise<Keystone> {
  const port = await freePort();
  await runKeystone(port);
  const relay = await startRelay(port);
  return { ...relay, ...(await createAdministration(`${relay.url}`)) };
}

/** The server itself: SQLite in WAL mode and one thread, since two writers lock each other out. */
async function runKeystone(port: number): Promise<void> {
  const directory = scratchDirectory();
  for (const name of ['tokens', 'credentials', 'log']) mkdirSync(join(directory, name), { mode: 0o700 });
  const file = join(directory, 'keystone.conf');
  const database = join(directory, 'keystone.db');
  await writeFile(
    file,
    `[DEFAULT]
log_dir = ${directory}/log
[database]
connection = sqlite:///${database}
[token]
provider = fernet
[fernet_tokens]
key_repository = ${directory}/tokens
[credential]
key_repository = ${directory}/credentials
[cache]
enabled = false
[identity]
password_hash_rounds = 4
`,
  );
  await execute('python3', [
    '-c',
    'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("pragma journal_mode=wal")',
    database,
  ]);
  const manage = (...args: readonly string[]) =>
    execute('keystone-manage', ['--config-file', file, ...args], { timeout: 60_000 });
  await manage('db_sync');
  const owner = [
    '--keystone-user',
    String(process.getuid?.()),
    '--keystone-group',
    String(process.getgid?.()),
  ];
  await manage('fernet_setup', ...owner);
  await manage('credential_setup', ...owner);
  const url = `http://127.0.0.1:${port}/v3/`;
  const urls = ['admin', 'internal', 'public'].flatMap((kind) => [`--bootstrap-${kind}-url`, url]);
  await manage('bootstrap', '--bootstrap-password', adminPassword, '--bootstrap-region-id', region, ...urls);
  const server = startGuarded(
    'uwsgi_python3',
    [
      ...['--http-socket', `127.0.0.1:${port}`, '--wsgi-file', '/usr/bin/keystone-wsgi-public', '--master'],
      ...['--processes', '1', '--threads', '1', '--need-app', '--die-on-term', '--buffer-size', '65535'],
      ...['--disable-logging', '--pyargv', `--config-file ${file}`],
    ],
    {
      signal: 'TERM',
      environment: { OS_KEYSTONE_CONFIG_DIR: directory, OS_KEYSTONE_CONFIG_FILES: 'keystone.conf' },
    },
  );
  await waitUntilReady(server, async () => {
    const { ok } = await fetch(url, { signal: AbortSignal.timeout(5000) });
    if (!ok) throw new Error('not ready');
  });
}

type Relay = Pick<
  Keystone,
  'url' | 'admin' | 'countUserChecks' | 'countAdminLogIns' | 'halt' | 'hang' | 'resume'
>;

/** Passes everything on and counts the log-ins on the way. */
async function startRelay(targetPort: number): Promise<Relay> {
  const port = await freePort();
  let userChecks = 0;
  let adminLogIns = 0;
  let hanging = false;
  const relay = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    if (incoming.method === 'POST' && incoming.url === '/v3/auth/tokens') {
      if (/"name":"admin"/.test(body)) adminLogIns += 1;
      else userChecks += 1;
    }
    if (hanging) return;
    const { method, url: path, headers } = incoming;
    // The server ends each connection after its answer.
    const onward = sendRequest({
      host: '127.0.0.1',
      port: targetPort,
      method,
      path,
      headers: { ...headers, connection: 'close' },
      agent: false,
    });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  };
  const server = createServer((incoming, outgoing) => {
    relay(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.unref();
  const resume = async (): Promise<void> => {
    hanging = false;
    server.closeAllConnections();
    if (server.listening) return;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await resume();
  return {
    url: `http://127.0.0.1:${port}/v3`,
    admin: { username: 'admin', password: adminPassword, tenant: 'admin' },
    countUserChecks: () => userChecks,
    countAdminLogIns: () => adminLogIns,
    async halt() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    hang() {
      hanging = true;
    },
    resume,
  };
}

async function createAdministration(
  url: string,
): Promise<Pick<Keystone, 'call' | 'addUser' | 'addGroup' | 'addMember' | 'removeMember'>> {
  const domain = { id: 'default' };
  const user = { name: 'admin', domain, password: adminPassword };
  const signedIn = await fetch(`${url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user } },
        scope: { project: { name: 'admin', domain } },
      },
    }),
  });
  const token = signedIn.headers.get('x-subject-token') ?? '';
  const call: Keystone['call'] = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${content}`);
    return content === '' ? undefined : JSON.parse(content);
  };
  const idOf = (answer: unknown, noun: string): string =>
    String((answer as Record<string, { id?: unknown }>)[noun]?.id);
  return {
    call,
    async addUser({ name, password, email, domain: domain_id = 'default' }) {
      const given = { name, domain_id, ...(password === undefined ? {} : { password }), email };
      return idOf(await call('POST', '/users', { user: given }), 'user');
    },
    async addGroup(name) {
      return idOf(await call('POST', '/groups', { group: { name, domain_id: 'default' } }), 'group');
    },
    async addMember(groupId, userId) {
      await call('PUT', `/groups/${groupId}/users/${userId}`);
    },
    async removeMember(groupId, userId) {
      await call('DELETE', `/groups/${groupId}/users/${userId}`);
    },
  };
}

/** What the engine is opened with. */
export function keystoneEngineConfig({ url, admin }: Keystone, changes: object = {}) {
  return {
    version: 3,
    url,
    adminUsername: admin.username,
    adminPassword: admin.password,
    adminTenant: admin.tenant,
    timeoutSeconds: 10,
    emailRequired: false,
    ...changes,
  };
}
