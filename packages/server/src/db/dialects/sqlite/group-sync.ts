/**
 * Shares one running `sync` among all who ask: whoever asks while one runs waits for the next, because the running one may have
 * missed his bytes. After a failure every call fails, as the operating system may have dropped what it could not write.
 */
export function createGroupSync(sync: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  function start(): Promise<void> {
    following = undefined;
    const mine = sync();
    running = mine;
    void mine.then(() => {
      if (running === mine) running = undefined;
    }, ignore);
    return mine;
  }

  return () => {
    if (running === undefined) return start();
    following ??= running.then(start);
    return following;
  };
}

/** The failure reaches those who wait for it. */
function ignore(): void {}
