import { rmSync } from 'node:fs';
import { insertRow } from '#/db/insert-row.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';

rmSync('/tmp/wharf-bench', { recursive: true, force: true });
const uri = process.argv[2] ?? 'sqlite:////tmp/wharf-bench/x.db';
const database = await openDatabase({ uri });
await migrate(database);
let n = Date.now();
const write = (durability: 'durable' | 'relaxed') =>
  database.transaction(
    async (db) => {
      n += 1;
      await insertRow(db, 'queue_items', {
        queue_name: 'q',
        body: 'x'.repeat(300),
        available_after_ms: n,
        available: 1,
        processing_expires_ms: null,
        retries_remaining: 5,
        state_id: 's',
        created_ms: n,
      });
      await db
        .selectFrom('queue_items')
        .selectAll()
        .where('id', '=', n % 100)
        .executeTakeFirst();
    },
    { durability },
  );
const time = async (title: string, count: number, concurrency: number, work: () => Promise<unknown>) => {
  let left = count;
  const t = performance.now();
  const c = process.cpuUsage();
  let lagMax = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    lagMax = Math.max(lagMax, now - last - 5);
    last = now;
  }, 5);
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) await work();
    }),
  );
  clearInterval(timer);
  const s = (performance.now() - t) / 1000;
  const cpu = process.cpuUsage(c);
  console.log(
    title.padEnd(34),
    (count / s).toFixed(0).padStart(7),
    '/s ',
    ((cpu.user + cpu.system) / count).toFixed(0),
    'us cpu each, lag max',
    lagMax.toFixed(0),
  );
};
for (let i = 0; i < 2; i++) {
  await time('durable x1', 300, 1, () => write('durable'));
  await time('durable x16', 1000, 16, () => write('durable'));
  await time('relaxed x16', 3000, 16, () => write('relaxed'));
  await time('read by key', 20000, 16, () =>
    database.read.selectFrom('queue_items').selectAll().where('id', '=', 5).executeTakeFirst(),
  );
  await time('read join', 10000, 16, () =>
    database.read
      .selectFrom('repositories as r')
      .innerJoin('accounts as a', 'a.id', 'r.namespace_id')
      .select(['r.id', 'r.uuid', 'r.name', 'r.visibility', 'a.name as namespace', 'a.enabled'])
      .where('a.name', '=', 'foo')
      .where('r.name', '=', 'bar')
      .executeTakeFirst(),
  );
}
await database.close();
