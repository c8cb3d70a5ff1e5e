import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 25;

/** Asks again until the answer is wanted, and returns it; throws what the last question threw, or says what is missing, after `limitMs`. */
export async function eventually<T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | undefined | false>,
): Promise<T> {
  const giveUpAtMs = performance.now() + limitMs;
  let failure: unknown;
  for (;;) {
    try {
      const found = await ask();
      if (found !== undefined && found !== false) return found;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > giveUpAtMs) {
      throw new Error(`not within ${limitMs} ms: ${what}`, failure === undefined ? {} : { cause: failure });
    }
    await sleep(pollMs);
  }
}
