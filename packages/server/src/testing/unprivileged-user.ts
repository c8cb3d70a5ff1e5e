import { readFileSync } from 'node:fs';

/** The account that servers run as which refuse to run as root; undefined when this process is not root. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = accounts.find((line) => line.startsWith('nobody:'))?.split(':');
  if (fields === undefined) throw new Error('this machine has no account "nobody"');
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
