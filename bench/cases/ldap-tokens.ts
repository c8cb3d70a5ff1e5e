import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { directoryPassword, fillDirectory, personLdif } from '@wharf/server/src/testing/ldap-people.ts';
import { needsSlapd, startSlapd } from '@wharf/server/src/testing/slapd.ts';
import { type BenchCase, onWharf } from '#/cases/bench-case.ts';
import { openConnection } from '#/http/connection.ts';
import { expectStatus } from '#/registry/expect-status.ts';
import { spawnWharf } from '#/targets/wharf.ts';

const people = 400;
const connections = 16;
/** Verifications are held for 10 s; a little more. */
const forgottenMs = 11_000;

/**
 * Token requests of people of a directory on 16 connections: everybody once with nothing held, so that each costs a search and a bind, and then
 * over and over while verifications are held. Both have their accounts already. slapd runs on the same machine.
 */
export const ldapTokenCase: BenchCase = {
  kind: 'single',
  name: 'ldap-tokens',
  title: 'tokens of people of a directory',
  appliesTo: (kind) => onWharf(kind) && needsSlapd().skip === false,
  async measure(_kind, { seconds, nodeArguments }) {
    const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
    const slapd = await startSlapd({ withoutTls: true });
    try {
      await fillDirectory(slapd);
      const names = Array.from({ length: people }, (_, index) => `person${index}`);
      await slapd.add(names.map((name) => personLdif(slapd.baseDn, { name })).join(''));
      const { server, url } = await spawnWharf(directory, {
        nodeArguments,
        keys: {
          AUTHENTICATION_TYPE: 'LDAP',
          LDAP_URI: slapd.uri,
          LDAP_BASE_DN: slapd.baseDn.split(','),
          LDAP_ADMIN_DN: slapd.adminDn,
          LDAP_ADMIN_PASSWD: slapd.adminPassword,
        },
      });
      const open = Array.from({ length: connections }, () => openConnection(url));
      /** Token requests a second until `more` says no; each takes the next person. */
      const logIn = async (more: (count: number) => boolean): Promise<number> => {
        let count = 0;
        const startedAt = performance.now();
        await Promise.all(
          open.map(async (connection) => {
            while (more(count)) {
              const name = names[count % people];
              count += 1;
              const basic = Buffer.from(`${name}:${directoryPassword}`).toString('base64');
              const headers = `Authorization: Basic ${basic}\r\n`;
              const path = `/v2/auth?service=${encodeURIComponent(url.host)}`;
              await expectStatus(connection, 200, { method: 'GET', path, headers });
            }
          }),
        );
        return (count * 1000) / (performance.now() - startedAt);
      };
      try {
        const everybodyOnce = (count: number): boolean => count < people;
        await logIn(everybodyOnce);
        await sleep(forgottenMs);
        const coldPerSecond = await logIn(everybodyOnce);
        const endsAt = performance.now() + Math.min(seconds, 5) * 1000;
        const warmPerSecond = await logIn(() => performance.now() < endsAt);
        return { coldPerSecond, warmPerSecond };
      } finally {
        for (const connection of open) connection.close();
        await server.stop();
      }
    } finally {
      await slapd.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};
