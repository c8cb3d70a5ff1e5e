import { type BenchCase, onWharf } from '#/cases/bench-case.ts';
import { placeBlobs } from '#/cases/pull.ts';
import { openDestination } from '#/cases/push.ts';
import { openConnection, type Request } from '#/http/connection.ts';
import type { Target } from '#/targets/target.ts';

const pullConnections = 8;
const logInConnections = 16;

/**
 * Pulls of 1 MiB alone, then while many clients log in all the time: half of them with the right password, the others each
 * time as somebody new, who costs a password hash and must be refused.
 */
export const logInStormCase: BenchCase = {
  kind: 'single',
  name: 'login-storm',
  title: 'pulls of 1 MiB during a log-in storm',
  appliesTo: onWharf,
  async measure(kind, { seconds }) {
    const target = await kind.start();
    const logIn = logInRequest(target);
    const pull = await placeBlobs(target, await openDestination(target), [1]);
    const connections = Array.from({ length: pullConnections + logInConnections }, () =>
      openConnection(target.url),
    );
    const answers = { granted: 0, refused: 0, throttled: 0 };
    let attempts = 0;

    async function pullUntil(endsAt: number): Promise<number> {
      let pulls = 0;
      const startedAt = performance.now();
      await Promise.all(
        connections.slice(0, pullConnections).map(async (connection) => {
          while (performance.now() < endsAt) {
            await pull(connection, 1, pulls);
            pulls += 1;
          }
        }),
      );
      return (pulls * 1000) / (performance.now() - startedAt);
    }

    async function logInUntil(endsAt: number): Promise<void> {
      await Promise.all(
        connections.slice(pullConnections).map(async (connection, index) => {
          while (performance.now() < endsAt) {
            attempts += 1;
            const { status } = await connection.request(
              index % 2 === 0 ? logIn : { ...logIn, headers: strangerHeader(attempts) },
            );
            if (status === 200) answers.granted += 1;
            else if (status === 401) answers.refused += 1;
            else answers.throttled += 1;
          }
        }),
      );
    }

    try {
      await pullUntil(performance.now() + 1000);
      const quiet = await pullUntil(performance.now() + seconds * 1000);
      const startedAt = performance.now();
      const endsAt = startedAt + seconds * 1000;
      const [storm] = await Promise.all([pullUntil(endsAt), logInUntil(endsAt)]);
      const stormSeconds = (performance.now() - startedAt) / 1000;
      return {
        quietPerSecond: quiet,
        stormPerSecond: storm,
        keptShare: storm / quiet,
        logInsPerSecond: answers.granted / stormSeconds,
        refusedPerSecond: answers.refused / stormSeconds,
        throttledPerSecond: answers.throttled / stormSeconds,
      };
    } finally {
      for (const connection of connections) connection.close();
      await target.dispose();
    }
  },
};

function strangerHeader(number: number): string {
  const basic = Buffer.from(`stranger-${number}:some password`).toString('base64');
  return `Authorization: Basic ${basic}\r\n`;
}

/** The request that logs in by password. */
export function logInRequest({ name, logIn }: Target): Request {
  if (logIn === undefined) throw new Error(`${name} has no accounts`);
  return { method: 'GET', path: logIn.path, headers: logIn.headers };
}
