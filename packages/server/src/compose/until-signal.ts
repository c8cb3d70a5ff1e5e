/** One Ctrl-C comes twice where npm hands on what the terminal sends to all. */
const sameSignalMs = 1000;

/** Resolves at the first signal that asks the process to stop; another one, a second later or more, ends it at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    const onSignal = (): void => {
      firstAtMs ??= performance.now();
      resolve();
      if (performance.now() - firstAtMs > sameSignalMs) process.exit(1);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

const exitLimitMs = 2000;

/** Ends the process with its exit code if something that was left open still keeps it alive in two seconds. */
export function exitSoon(): void {
  setTimeout(() => process.exit(), exitLimitMs).unref();
}
