import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'ldapts';
import { makeCertificates } from './certificates.ts';
import { waitUntilReady } from './database-server.ts';
import { findProgram, needsPrograms } from './find-program.ts';
import { freePort } from './free-port.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { scratchDirectory } from './scratch-directory.ts';

const execute = promisify(execFile);

/** Debian keeps it where only root's path leads. */
function findSlapd(): string | undefined {
  return existsSync('/usr/sbin/slapd') ? '/usr/sbin/slapd' : findProgram('slapd');
}

/** A directory of OpenLDAP for tests on loopback ports of its own; it ends with this process at the latest. */
export interface Slapd {
  readonly baseDn: string;
  readonly adminDn: string;
  readonly adminPassword: string;
  /** `ldap://127.0.0.1:<port>` */
  readonly uri: string;
  /** `ldaps://127.0.0.1:<port>` */
  readonly tlsUri: string;
  /** PEM of the authority behind its certificate; nobody trusts it yet. */
  readonly ca: string;
  /** Adds entries. */
  add(ldif: string): Promise<void>;
  /** Runs change records. */
  modify(ldif: string): Promise<void>;
  /** Passwords of people that were checked so far: binds of anybody but the administrator. */
  countUserBinds(): Promise<number>;
  /** All binds so far. */
  countBinds(): Promise<number>;
  /** Connections taken so far. */
  countConnections(): Promise<number>;
  /** Connections that were encrypted so far, from the start or by StartTLS. */
  countTlsSessions(): Promise<number>;
  /** Ends it; the ports stay its own. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface SlapdOptions {
  /** Default `dc=example,dc=com`. */
  readonly baseDn?: string;
  /** No TLS, and so no StartTLS. */
  readonly withoutTls?: boolean;
  /** Names of the certificate; default `IP:127.0.0.1`. */
  readonly subjectName?: string;
  /** More lines of the configuration, for the database. */
  readonly configuration?: string;
}

const adminPassword = 'admin-password';

/** Needs the Debian packages slapd and ldap-utils, and openssl. */
export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
  const program = findSlapd();
  if (program === undefined) throw new Error('slapd is not installed');
  const baseDn = options.baseDn ?? 'dc=example,dc=com';
  const adminDn = `cn=admin,${baseDn}`;
  const [port, tlsPort] = [await freePort(), await freePort()];
  const directory = scratchDirectory();
  const logPath = join(directory, 'slapd.log');
  const certificates =
    options.withoutTls === true ? undefined : await makeCertificates(options.subjectName ?? 'IP:127.0.0.1');
  mkdirSync(join(directory, 'db'));
  await writeFile(
    join(directory, 'slapd.conf'),
    `${['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n')}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload refint
pidfile ${directory}/slapd.pid
loglevel 0
logfile ${logPath}
sizelimit 500
${
  certificates === undefined
    ? ''
    : `TLSCACertificateFile ${certificates.ca}
TLSCertificateFile ${certificates.certificate}
TLSCertificateKeyFile ${certificates.key}`
}
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.656 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY ( sAMAccountName $ userPrincipalName ) )
database mdb
maxsize 1073741824
suffix "${baseDn}"
rootdn "${adminDn}"
rootpw ${adminPassword}
directory ${directory}/db
dbnosync
index objectClass,uid,mail,sAMAccountName,member,memberOf eq
limits dn.exact="${adminDn}" size.soft=500 size.hard=unlimited size.pr=1000
overlay memberof
memberof-group-oc groupOfNames
memberof-member-ad member
memberof-memberof-ad memberOf
overlay refint
refint_attributes member memberOf
access to attrs=userPassword by anonymous auth by self write by * none
access to * by * read
${options.configuration ?? ''}
`,
  );
  const uri = `ldap://127.0.0.1:${port}`;
  const tlsUri = `ldaps://127.0.0.1:${tlsPort}`;
  let running: GuardedProcess | undefined;
  const resume = async (): Promise<void> => {
    if (running !== undefined) return;
    const urls = certificates === undefined ? `${uri}/` : `${uri}/ ${tlsUri}/`;
    const started = startGuarded(program, ['-f', join(directory, 'slapd.conf'), '-h', urls, '-d', 'stats'], {
      signal: 'INT',
    });
    running = started;
    await waitUntilReady(started, async () => {
      const client = new Client({ url: uri, timeout: 2000, connectTimeout: 2000 });
      try {
        await client.search('', { scope: 'base' });
      } finally {
        await client.unbind();
      }
    });
  };
  const halt = async (): Promise<void> => {
    await running?.stop();
    running = undefined;
  };
  const run = async (tool: string, ldif: string): Promise<void> => {
    const child = execute(tool, ['-x', '-H', uri, '-D', adminDn, '-w', adminPassword]);
    child.child.stdin?.end(ldif);
    await child;
  };
  const readLog = (): Promise<string> => readFile(logPath, 'utf8');
  const binds = async (): Promise<readonly string[]> => {
    const log = await readLog();
    return [...log.matchAll(/ BIND dn="([^"]*)" method=128/g)].map(([, dn = '']) => dn);
  };
  await resume();
  return {
    baseDn,
    adminDn,
    adminPassword,
    uri,
    tlsUri,
    ca: certificates === undefined ? '' : await readFile(certificates.ca, 'utf8'),
    add: (ldif) => run('ldapadd', ldif),
    modify: (ldif) => run('ldapmodify', ldif),
    countUserBinds: async () => (await binds()).filter((dn) => dn !== adminDn && dn !== '').length,
    countBinds: async () => (await binds()).length,
    countConnections: async () => [...(await readLog()).matchAll(/ ACCEPT from /g)].length,
    countTlsSessions: async () => [...(await readLog()).matchAll(/ TLS established /g)].length,
    halt,
    resume,
    stop: halt,
  };
}

/** Option of a test that needs the directory. */
export function needsSlapd(): { readonly skip: string | false } {
  const { skip } = needsPrograms('ldapadd', 'openssl');
  return { skip: findSlapd() === undefined ? 'needs slapd' : skip };
}
