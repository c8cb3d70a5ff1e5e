import { createPrivateKey, type KeyObject } from 'node:crypto';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '#/platform/replace-file.ts';

export interface InstanceKeyPaths {
  readonly kidPath: string;
  readonly privateKeyPath: string;
}

export interface StoredInstanceKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** A lock this old was left behind by a process that died. */
const staleLockMs = 15_000;
const lockPollMs = 50;

/** What the files hold; undefined when one is absent, empty or not an RSA key. */
export async function readInstanceKeyFiles(paths: InstanceKeyPaths): Promise<StoredInstanceKey | undefined> {
  const [kidText, pem] = await Promise.all([readIfThere(paths.kidPath), readIfThere(paths.privateKeyPath)]);
  const kid = kidText?.trim();
  if (kid === undefined || kid === '' || pem === undefined) return undefined;
  const privateKey = parsePrivateKey(pem);
  return privateKey?.asymmetricKeyType === 'rsa' ? { kid, privateKey } : undefined;
}

/** Replaces both files, each as a whole, readable by this user only. */
export async function writeInstanceKeyFiles(paths: InstanceKeyPaths, key: StoredInstanceKey): Promise<void> {
  await replaceFile(paths.privateKeyPath, key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  await replaceFile(paths.kidPath, `${key.kid}\n`);
}

/** Runs `work` while no other process of this node does so for the same files. */
export async function lockInstanceKeyFiles<T>(paths: InstanceKeyPaths, work: () => Promise<T>): Promise<T> {
  const lockPath = `${paths.privateKeyPath}.lock`;
  await mkdir(dirname(lockPath), { recursive: true });
  while (!(await takeLock(lockPath))) await sleep(lockPollMs);
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}

async function takeLock(lockPath: string): Promise<boolean> {
  try {
    await (await open(lockPath, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
  const madeMs = await stat(lockPath).then(
    (found) => found.mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - madeMs > staleLockMs) await rm(lockPath, { force: true });
  return false;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
