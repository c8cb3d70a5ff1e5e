import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from '#/db/database.ts';
import type { Link, Product } from './link.ts';
import { createLiveness } from './liveness.ts';

export interface PoolLimits {
  readonly maximumConnections: number;
  readonly idleTimeoutMs: number;
}

/** Connections to one server. While the server is known to be down, everything fails at once until a probe succeeds. */
export interface ConnectionPool {
  /** A connection for the caller alone. Throws DatabaseUnavailableError within 2 s when the server is not there. */
  acquire(): Promise<Link>;
  release(link: Link, broken: boolean): void;
  /** The result of something that runs on the link; when the server dies meanwhile, DatabaseUnavailableError within 2 s. */
  watch<T>(link: Link, running: Promise<T>): Promise<T>;
  close(): void;
}

interface Waiter {
  readonly admit: (link: Link) => void;
  readonly refuse: (error: Error) => void;
}

interface IdleLink {
  readonly link: Link;
  readonly timer: NodeJS.Timeout | undefined;
}

/** How long a caller waits for a connection while the server is alive but all connections are in use. */
const waitLimitMs = 10_000;
const reopenDelayMs = 200;

export function createConnectionPool(product: Product, limits: PoolLimits): ConnectionPool {
  const idle: IdleLink[] = [];
  const waiters = new Set<Waiter>();
  const live = new Set<Link>();
  let opening = 0;
  let closed = false;
  const liveness = createLiveness({
    probe: async () => {
      const link = await product.connect();
      link.destroy();
    },
    provesLife: (error) => product.classify(error).kind === 'full',
    onDown: (error) => {
      for (const waiter of waiters) waiter.refuse(error);
      waiters.clear();
      dropIdle();
    },
  });

  function dropIdle(): void {
    for (const { link, timer } of idle.splice(0)) {
      clearTimeout(timer);
      discard(link);
    }
  }

  function discard(link: Link): void {
    live.delete(link);
    link.destroy();
  }

  function give(link: Link): void {
    const [waiter] = waiters;
    if (waiter !== undefined) {
      waiters.delete(waiter);
      waiter.admit(link);
      return;
    }
    if (limits.idleTimeoutMs === 0) {
      discard(link);
      return;
    }
    const timer = setTimeout(() => {
      const at = idle.findIndex((entry) => entry.link === link);
      if (at !== -1) idle.splice(at, 1);
      discard(link);
    }, limits.idleTimeoutMs);
    timer.unref();
    idle.push({ link, timer });
  }

  async function open(): Promise<void> {
    opening += 1;
    let link: Link | undefined;
    try {
      link = await product.connect();
      liveness.seen();
    } catch (error) {
      if (product.classify(error).kind === 'full') await sleep(reopenDelayMs, undefined, { ref: false });
      // A connection that nobody waits for any more proves nothing to anybody.
      else if (waiters.size > 0) liveness.markDown(error);
    }
    opening -= 1;
    if (link !== undefined) adopt(link);
    openForWaiters();
  }

  function adopt(link: Link): void {
    if (closed) {
      link.destroy();
      return;
    }
    live.add(link);
    link.onLost(() => {
      // What broke one idle connection, most often a restart of the server, broke the others too.
      live.delete(link);
      dropIdle();
    });
    give(link);
  }

  function openForWaiters(): void {
    if (closed || liveness.down() !== undefined) return;
    const wanted = Math.min(waiters.size - opening, limits.maximumConnections - live.size - opening);
    for (let started = 0; started < wanted; started += 1) void open();
  }

  return {
    async acquire() {
      if (closed) throw new DatabaseUnavailableError('the database is being closed');
      const down = liveness.down();
      if (down !== undefined) throw down;
      const ready = idle.pop();
      if (ready !== undefined) {
        clearTimeout(ready.timer);
        return ready.link;
      }
      let waiter: Waiter | undefined;
      const turn = new Promise<Link>((resolve, reject) => {
        waiter = { admit: resolve, refuse: reject };
        waiters.add(waiter);
      });
      openForWaiters();
      const limit = setTimeout(() => {
        if (waiter === undefined || !waiters.delete(waiter)) return;
        waiter.refuse(new DatabaseUnavailableError('all connections to the database are in use'));
      }, waitLimitMs);
      try {
        return await liveness.watch(turn);
      } catch (error) {
        if (waiter !== undefined) waiters.delete(waiter);
        // A connection that arrives after its caller gave up goes to the next one.
        void turn.then(give, () => undefined);
        throw error;
      } finally {
        clearTimeout(limit);
      }
    },
    release(link, broken) {
      if (broken || closed || liveness.down() !== undefined || !live.has(link)) {
        discard(link);
        if (broken) dropIdle();
        openForWaiters();
        return;
      }
      give(link);
    },
    watch: (link, running) =>
      liveness.watch(running).catch((error: unknown) => {
        if (error === liveness.down()) discard(link);
        throw error;
      }),
    close() {
      closed = true;
      liveness.close();
      for (const waiter of waiters)
        waiter.refuse(new DatabaseUnavailableError('the database is being closed'));
      waiters.clear();
      dropIdle();
      for (const link of live) discard(link);
    },
  };
}
