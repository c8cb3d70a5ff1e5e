import { UsageError } from '#/cli/exit-codes.ts';

/** The password on standard input, without the end of its line; a password never stands on the command line. Throws UsageError. */
export async function readPassword(passwordStdin: boolean | undefined): Promise<string> {
  if (passwordStdin !== true) {
    throw new UsageError('give the password on standard input with --password-stdin');
  }
  if (process.stdin.isTTY) {
    throw new UsageError(
      '--password-stdin reads from a pipe or file, for example: wharf ... --password-stdin < file',
    );
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  const password = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (password === '') throw new UsageError('standard input holds no password');
  return password;
}
