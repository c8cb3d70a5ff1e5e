/** `error` stops the start, `warning` deserves a look, `info` only belongs in the full report. */
export type Severity = 'error' | 'warning' | 'info';

/** One finding about the configuration; holds no secret, so that it can be printed and logged anywhere. */
export interface Problem {
  readonly severity: Severity;
  /** The key, with a dotted path inside objects (`BUILDLOGS_REDIS.host`); a file or variable name for a problem of the whole. */
  readonly key: string;
  /** What was found there, as JSON, with secrets masked; absent when nothing was there. */
  readonly value?: string;
  /** What would be accepted. */
  readonly expected?: string;
  readonly message: string;
}

/** The configuration has errors; carries every problem that was found, not only the errors. */
export class InvalidConfigurationError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error').length;
    super(`the configuration has ${errors === 1 ? 'one error' : `${errors} errors`}`);
    this.name = 'InvalidConfigurationError';
    this.problems = problems;
  }
}
