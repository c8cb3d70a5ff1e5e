/** What `wharf` returns to the shell; part of its documented interface. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  invalidConfiguration: 3,
  databaseUnreachable: 4,
} as const;

/** The command line itself is wrong in a way that only the command can see; answered with exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** The command did its work and found a reason to exit with another code than 0; everything is printed already. */
export class ExitSignal extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.name = 'ExitSignal';
    this.exitCode = exitCode;
  }
}
