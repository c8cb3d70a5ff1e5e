import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ClientDaemon, startClientDaemon } from '#/testing/client-daemon.ts';
import { type ClientResult, runClient, tryClient } from '#/testing/client-process.ts';
import { alice, type ClientRegistry, startClientRegistry } from '#/testing/client-registry.ts';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { writeDockerArchive } from '#/testing/image-docker-archive.ts';
import { appLayers } from '#/testing/image-set.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { trust } from '#/testing/tls-server.ts';

/*
 * Chapter 1 of the guide as docs/operations/tls.md tells it: the commands of that page make an authority, a key and a certificate; the registry
 * serves with them, and clients that are told of the authority work while others refuse.
 */

const page = readFileSync(resolve(import.meta.dirname, '../../../../docs/operations/tls.md'), 'utf8');

/** The fenced block after a heading of the page. */
function blockAfter(heading: string, language: string, index = 0): string {
  const [, rest = ''] = page.split(`\n${heading}\n`);
  const section = rest.split('\n## ')[0] ?? '';
  const blocks = [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))];
  const block = blocks[index]?.[1];
  assert.ok(block !== undefined, `${heading} has a block of ${language}`);
  return block;
}

const hostname = 'reg.example.com';

describe(
  'the guide',
  needsPrograms('openssl', 'dockerd', 'docker', 'containerd', 'runc', 'podman', 'curl', 'unshare'),
  () => {
    let registry: ClientRegistry;
    let daemon: ClientDaemon;
    let host: string;
    const made = scratchDirectory();

    before(async () => {
      const heading = '## A certificate of your own authority';
      await writeFile(join(made, 'openssl.cnf'), blockAfter(heading, 'ini').replace('192.0.2.10', '::1'));
      // The root's name is asked for, in seven questions.
      await runClient('/bin/sh', ['-e', '-c', blockAfter(heading, 'sh')], {
        cwd: made,
        input: '\n'.repeat(5).concat('root\n\n'),
      });
      trust(await readFile(join(made, 'rootCA.pem'), 'utf8'));
      const port = await freePort('::1');
      host = `${hostname}:${port}`;
      registry = await startClientRegistry({
        configuration: { PREFERRED_URL_SCHEME: 'https', SERVER_HOSTNAME: host },
        configurationFiles: { 'ssl.cert': join(made, 'ssl.cert'), 'ssl.key': join(made, 'ssl.key') },
        serveArguments: ['--listen-tls', `[::1]:${port}`],
      });
      // Docker trusts whatever lies in 127.0.0.0/8 without a look at its certificate; the name leads to the other loopback.
      await writeFile(path('hosts'), `127.0.0.1 localhost\n::1 ${hostname}\n`);
      await mkdir(path('etc-docker'));
      await mkdir(path('docker'));
      daemon = await startClientDaemon(
        'unshare',
        aside('dockerd', [
          ...['--data-root', path('docker/data'), '--exec-root', path('docker/exec')],
          ...['--pidfile', path('docker/pid'), '-H', `unix://${path('docker/socket')}`],
          ...[
            '--iptables=false',
            '--ip6tables=false',
            '--bridge=none',
            '--storage-driver=vfs',
            '--log-level',
            'warn',
          ],
        ]),
        { socket: path('docker/socket'), log: path('docker/log') },
      );
      await writeDockerArchive(path('app.tar'), 'local/app:1', await appLayers());
      await docker(['load', '-q', '-i', path('app.tar')]);
      await docker(['tag', 'local/app:1', `${host}/alice/hello`]);
    });
    after(async () => {
      await daemon?.stop();
      await registry?.dispose();
    });

    const path = (name: string): string => join(registry.directory, name);
    /** Words of unshare that run a program with name resolution and docker's configuration of its own. */
    const aside = (program: string, words: readonly string[]): string[] => [
      ...['--mount', 'sh', '-e', '-c'],
      'mkdir -p /etc/docker; mount --bind "$1" /etc/hosts; mount --bind "$2" /etc/docker; shift 2; exec "$@"',
      ...['sh', path('hosts'), path('etc-docker'), findProgram(program) ?? program, ...words],
    ];
    const withInput = (input: string | undefined): { readonly input?: string } =>
      input === undefined ? {} : { input };
    const docker = (words: readonly string[], input?: string): Promise<ClientResult> =>
      tryClient('docker', words, {
        env: {
          HOME: registry.directory,
          DOCKER_HOST: `unix://${path('docker/socket')}`,
          DOCKER_CONFIG: path('docker/alice'),
        },
        ...withInput(input),
      });
    const login = ['login', '-u', alice.username, '--password-stdin'];

    test('the certificate is the one that the commands made, and fits', () => {
      assert.doesNotMatch(registry.server.output(), /"fault"/);
      assert.match(registry.server.output(), /"names":\["reg\.example\.com","0:0:0:0:0:0:0:1"\]/);
    });

    test('curl refuses without the authority and works with it', async () => {
      const url = `https://${host}/health/instance`;
      const words = ['--silent', '--show-error', '--resolve', `${host}:[::1]`, url];
      assert.equal((await tryClient('curl', words)).code, 60);
      assert.match(
        await runClient('curl', ['--cacert', join(made, 'rootCA.pem'), ...words]),
        /"database":true/,
      );
    });

    test('docker refuses without the authority; with it in certs.d it logs in, pushes and pulls', async () => {
      const name = `${host}/alice/hello`;
      for (const words of [
        [...login, host],
        ['push', name],
        ['pull', name],
      ]) {
        const refused = await docker(words, alice.password);
        assert.notEqual(refused.code, 0);
        assert.match(refused.output, /x509: certificate signed by unknown authority/);
      }
      await mkdir(path(`etc-docker/certs.d/${host}`), { recursive: true });
      await copyFile(join(made, 'rootCA.pem'), path(`etc-docker/certs.d/${host}/ca.crt`));
      const accepted = await docker([...login, host], alice.password);
      assert.match(accepted.stdout, /Login Succeeded/, accepted.output);
      const pushed = await docker(['push', name]);
      assert.match(pushed.stdout, /digest: sha256:[0-9a-f]{64} size: /, pushed.output);
      await docker(['rmi', '-f', name, 'local/app:1']);
      const pulled = await docker(['pull', name]);
      assert.match(pulled.stdout, /Downloaded newer image/, pulled.output);
    });

    test('podman refuses without the authority, and works with it', async () => {
      const folder = path('podman-certs');
      await mkdir(folder);
      await writeFile(
        path('storage.conf'),
        `[storage]\ndriver = "vfs"\ngraphroot = "${path('root')}"\nrunroot = "${path('run')}"\n`,
      );
      await writeFile(
        path('containers.conf'),
        '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\nruntime = "runc"\n[network]\nnetwork_backend = "netavark"\n',
      );
      const podman = (words: readonly string[], input?: string): Promise<ClientResult> =>
        tryClient('unshare', aside('podman', words), {
          env: {
            HOME: registry.directory,
            TMPDIR: registry.directory,
            CONTAINERS_CONF: path('containers.conf'),
            CONTAINERS_STORAGE_CONF: path('storage.conf'),
            REGISTRY_AUTH_FILE: path('podman.json'),
          },
          ...withInput(input),
        });
      const certificates = ['--cert-dir', folder];
      const refused = await podman([...login, ...certificates, host], alice.password);
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, /certificate signed by unknown authority/);
      await copyFile(join(made, 'rootCA.pem'), join(folder, 'ca.crt'));
      const accepted = await podman([...login, ...certificates, host], alice.password);
      assert.equal(accepted.code, 0, accepted.output);
      const loaded = await podman(['load', '-q', '-i', path('app.tar')]);
      const image = /(?:sha256:|Loaded image: )(\S+)/.exec(loaded.stdout)?.[1] ?? loaded.output;
      for (const words of [
        ['push', ...certificates, image, `${host}/alice/podman:1`],
        ['pull', '-q', ...certificates, `${host}/alice/podman:1`],
      ]) {
        const done = await podman(words);
        assert.equal(done.code, 0, done.output);
      }
    });
  },
);
