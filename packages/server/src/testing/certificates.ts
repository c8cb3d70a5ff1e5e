import { execFile } from 'node:child_process';
import { chmod, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scratchDirectory } from './scratch-directory.ts';

const execute = promisify(execFile);

export interface TestCertificates {
  /** Of the authority that signed `certificate`. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * A new authority and a certificate of a server signed by it, for a name such as `DNS:localhost` or `IP:127.0.0.1`; needs the
 * program openssl.
 */
export async function makeCertificates(
  subjectName: string,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<TestCertificates> {
  const directory = scratchDirectory();
  await chmod(directory, 0o755);
  const path = (name: string): string => join(directory, name);
  const openssl = (line: string) => execute('openssl', line.split(' '), { cwd: directory });
  await openssl(
    'req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=wharf-test-ca',
  );
  await openssl(`req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=wharf-test`);
  await writeFile(path('names'), `subjectAltName=${subjectName}\n`);
  await openssl(
    'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem',
  );
  await chmod(path('server.key'), 0o600);
  if (owner !== undefined) await chown(path('server.key'), owner.uid, owner.gid);
  return { ca: path('ca.pem'), certificate: path('server.pem'), key: path('server.key') };
}
