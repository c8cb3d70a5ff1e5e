import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeCertificates } from '#/testing/certificates.ts';
import { type ClientDaemon, startClientDaemon } from '#/testing/client-daemon.ts';
import { tryClient } from '#/testing/client-process.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { type ServerProcess, startServer } from '#/testing/server-process.ts';
import { startTlsServer, type TlsServerProcess } from '#/testing/tls-server.ts';
import { checkSection } from './page.ts';

const programs = ['docker', 'dockerd', 'containerd', 'runc', 'podman', 'skopeo', 'openssl'];

describe('clients of a registry', needsPrograms(...programs), () => {
  const directory = scratchDirectory();
  const path = (name: string): string => join(directory, name);
  let plain: ServerProcess;
  let tls: TlsServerProcess;
  let daemon: ClientDaemon;

  before(async () => {
    [plain, tls] = await Promise.all([
      startServer(),
      makeCertificates('DNS:localhost,IP:127.0.0.2').then((certificates) => startTlsServer({ certificates })),
    ]);
    await mkdir(path('docker'));
    daemon = await startClientDaemon(
      'dockerd',
      [
        ...['--data-root', path('docker/data'), '--exec-root', path('docker/exec')],
        ...['--pidfile', path('docker/pid'), '-H', `unix://${path('docker/socket')}`],
        ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'],
      ],
      { socket: path('docker/socket'), log: path('docker/log') },
    );
  });
  after(async () => {
    await daemon?.stop();
    await plain?.dispose();
    await tls?.dispose();
  });

  const env = {
    HOME: directory,
    DOCKER_HOST: `unix://${path('docker/socket')}`,
    DOCKER_CONFIG: path('docker/config'),
  };
  const login = (name = 'alice'): string[] => ['login', '-u', name, '-p', 'no-password'];

  test('docker shows why a log-in is refused; podman has words of its own', async () => {
    const at = `localhost:${plain.port}`;
    const docker = await tryClient('docker', [...login(), at], { env });
    assert.notEqual(docker.code, 0);
    assert.match(docker.output, /unauthorized: Wrong user name or password\./);
    const podman = await tryClient('podman', [...login('bobby'), '--tls-verify=false', at], { env });
    assert.notEqual(podman.code, 0);
    assert.match(podman.output, /invalid username\/password/);
  });

  /** What each client says on the way to an address that it cannot use. */
  async function clients(at: string, certificates?: string): Promise<readonly string[]> {
    const trusted = certificates === undefined ? [] : ['--cert-dir', certificates];
    const said = [
      await tryClient('skopeo', ['inspect', ...trusted, `docker://${at}/alice/app`], { env }),
      await tryClient('podman', [...login(), ...trusted, at], { env }),
    ];
    for (const { code, output } of said) assert.notEqual(code, 0, output);
    return said.map(({ output }) => output);
  }

  /** Every client must say it. */
  const all = (said: readonly string[], words: string): string => {
    for (const each of said) assert.ok(each.includes(words), each);
    return said[0] ?? '';
  };

  checkSection(
    'Clients do not reach the registry',
    {
      'server gave HTTP response to HTTPS client': async () =>
        all(await clients(`localhost:${plain.port}`), 'server gave HTTP response to HTTPS client'),
      'certificate signed by unknown authority': async () =>
        all(await clients(`localhost:${tls.port}`), 'certificate signed by unknown authority'),
      'certificate is valid for …, not …': async () => {
        await mkdir(path('trusted'), { recursive: true });
        await writeFile(path('trusted/ca.crt'), tls.ca);
        return all(await clients(`127.0.0.1:${tls.port}`, path('trusted')), 'certificate is valid for');
      },
      'connection refused': async () =>
        all(await clients(`localhost:${await freePort()}`), 'connection refused'),
    },
    { exact: false },
  );
});
