/** Resolves at the first signal that asks the process to stop; a second one ends it at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      process.once('SIGTERM', () => process.exit(1));
      process.once('SIGINT', () => process.exit(1));
      resolve();
    };
    process.once('SIGTERM', onSignal);
    process.once('SIGINT', onSignal);
  });
}

const exitLimitMs = 2000;

/** Ends the process with its exit code if something that was left open still keeps it alive in two seconds. */
export function exitSoon(): void {
  setTimeout(() => process.exit(), exitLimitMs).unref();
}
