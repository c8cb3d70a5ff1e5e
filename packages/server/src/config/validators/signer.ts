import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileExists } from '#/config/find-directory.ts';
import { defineValidator } from './define-validator.ts';

const stepLimitMs = 10_000;
const testText = 'A text that shows that images can be signed.\n';

/** Signatures of converted images: the program gpg signs a text with the private key, and the public key must confirm it. */
export const signerValidator = defineValidator({
  service: 'signer',
  timeLimitMs: 45_000,
  runsWhen: ({ values }) => values.FEATURE_ACI_CONVERSION === true && isFilled(values.SIGNING_ENGINE),
  async check({ configuration, directory, signal }) {
    const { values } = configuration;
    if (values.SIGNING_ENGINE !== 'gpg2')
      return `SIGNING_ENGINE "${String(values.SIGNING_ENGINE)}" is unknown; the only one is gpg2.`;
    const name = values.GPG2_PRIVATE_KEY_NAME;
    if (!isFilled(name)) return 'GPG2_PRIVATE_KEY_NAME is missing: the name or id of the key that signs.';
    const files: string[] = [];
    for (const key of ['GPG2_PRIVATE_KEY_FILENAME', 'GPG2_PUBLIC_KEY_FILENAME']) {
      const file = values[key];
      if (!isFilled(file)) return `${key} is missing.`;
      if (!/^[\w-][\w.-]*$/.test(file)) return `${key} must be the name of a file beside config.yaml.`;
      if (!(await fileExists(join(directory, file))))
        return `The file ${file} of ${key} is missing in the configuration directory.`;
      files.push(join(directory, file));
    }
    const [privateFile = '', publicFile = ''] = files;
    return await trySigning({ name, privateFile, publicFile, signal });
  },
});

interface SigningTest {
  readonly name: string;
  readonly privateFile: string;
  readonly publicFile: string;
  readonly signal: AbortSignal;
}

/** In key rings of its own, which are removed; those of the user who runs the server are not touched. */
async function trySigning({
  name,
  privateFile,
  publicFile,
  signal,
}: SigningTest): Promise<string | undefined> {
  // Sockets of the agent need a short path.
  const home = await mkdtemp(join(tmpdir(), 'wharf-gpg-'));
  const other = await mkdtemp(join(tmpdir(), 'wharf-gpg-'));
  const gpg = (ring: string, args: readonly string[], input = '') => runGpg(ring, args, { input, signal });
  try {
    const imported = await gpg(home, ['--import', privateFile]);
    if (imported.missing) return 'The program gpg is not installed where the server runs.';
    const secrets = await gpg(home, ['--list-secret-keys', '--with-colons']);
    if (!/^sec/m.test(secrets.output))
      return 'The file of GPG2_PRIVATE_KEY_FILENAME holds no private key; export it with gpg --export-secret-keys.';
    const found = await gpg(home, ['--list-secret-keys', '--with-colons', '--', name]);
    if (!found.ok)
      return `The file of GPG2_PRIVATE_KEY_FILENAME holds no key of the name "${name}" (GPG2_PRIVATE_KEY_NAME).`;
    const sign = ['--local-user', name, '--detach-sign', '--output', join(other, 'signature')];
    const signed = await gpg(home, sign, testText);
    if (!signed.ok)
      return `The key "${name}" cannot sign: it must have no passphrase, and must not be expired or revoked.`;
    await copyFile(join(other, 'signature'), join(home, 'signature'));
    await gpg(other, ['--import', publicFile]);
    const verified = await gpg(other, ['--verify', join(home, 'signature'), '-'], testText);
    return verified.ok
      ? undefined
      : 'The public key of GPG2_PUBLIC_KEY_FILENAME does not belong to the private key: it does not confirm its signature.';
  } finally {
    await Promise.all([home, other].map(stopAgent));
    await Promise.all([home, other].map((path) => rm(path, { recursive: true, force: true, maxRetries: 3 })));
  }
}

interface GpgResult {
  readonly ok: boolean;
  readonly missing: boolean;
  readonly output: string;
}

function runGpg(
  home: string,
  args: readonly string[],
  options: { readonly input: string; readonly signal: AbortSignal },
): Promise<GpgResult> {
  const always = ['--homedir', home, '--batch', '--no-tty', '--quiet', '--yes', '--trust-model', 'always'];
  const noPrompt = ['--pinentry-mode', 'loopback', '--passphrase', '', '--no-auto-key-locate'];
  return new Promise((resolve) => {
    const child = execFile(
      'gpg',
      [...always, ...noPrompt, ...args],
      { timeout: stepLimitMs, signal: options.signal },
      (error, stdout) => {
        const missing = error !== null && 'code' in error && String(error.code) === 'ENOENT';
        resolve({ ok: error === null, missing, output: stdout });
      },
    );
    // A program that ends early breaks the pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

/** gpg leaves a process behind that would go on in a directory that is gone. */
function stopAgent(home: string): Promise<void> {
  return new Promise((resolve) => {
    execFile('gpgconf', ['--homedir', home, '--kill', 'all'], { timeout: stepLimitMs }, () => resolve());
  });
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
