import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import type { SystemCall } from './push-trace.ts';

/** Paths of one server's data, as they stand in a trace. */
export interface TracedPaths {
  readonly storage: string;
  /** The write-ahead log of the database. */
  readonly log: string;
}

/** The calls between two answers of a client that waits for each answer; the last one is the answer. */
export interface TracedRequest {
  readonly status: number;
  readonly calls: readonly SystemCall[];
  readonly answer: SystemCall;
}

/** Cuts a trace at the answers that went to sockets. */
export function splitAtAnswers(calls: readonly SystemCall[]): TracedRequest[] {
  const requests: TracedRequest[] = [];
  let since: SystemCall[] = [];
  for (const call of calls) {
    const status = /"HTTP\/1\.1 (\d{3}) /.exec(call.text)?.[1];
    if (status === undefined) {
      since.push(call);
    } else if (status !== '100') {
      requests.push({ status: Number(status), calls: since, answer: call });
      since = [];
    }
  }
  return requests;
}

const isWrite = ({ name }: SystemCall): boolean => name.startsWith('pwrite') || name.startsWith('write');
export const isSync = ({ name }: SystemCall): boolean => name === 'fsync' || name === 'fdatasync';
const touches = (call: SystemCall, path: string): boolean => call.text.includes(`<${path}>`);

/**
 * Asserts that what a chunk's answer promises was on disk before the answer: the bytes, then the row that counts them.
 */
export function checkChunkOrder({ calls, answer }: TracedRequest, paths: TracedPaths): void {
  const written = findData(calls, paths);
  const synced = syncAfter(calls, written.path, written.last.end, 'the bytes of the chunk');
  checkCommit(calls, answer, paths, synced.end);
}

/**
 * Asserts the order of a commit: bytes on disk (perhaps by `earlier` calls), rename, folder on disk, database commit on disk,
 * answer. New folders are on disk before the database commit.
 */
export function checkCommitOrder(
  { calls, answer }: TracedRequest,
  paths: TracedPaths,
  earlier: readonly SystemCall[] = [],
): void {
  const rename = calls.find(
    (call) => call.name.startsWith('rename') && call.text.includes(`${paths.storage}/sha256/`),
  );
  assert.ok(rename !== undefined, 'the object gets its name by a rename');
  const [from = '', to = ''] = [...rename.text.matchAll(/"([^"]+)"/g)].map(([, path]) => path ?? '');
  const all = [...earlier, ...calls];
  const writes = all.filter((call) => isWrite(call) && touches(call, from));
  const last = writes.at(-1);
  assert.ok(last !== undefined, 'the bytes of the object were seen');
  const data = syncAfter(all, from, last.end, 'the bytes of the object');
  assert.ok(data.end < rename.start, 'the bytes are on disk before they get their name');
  let ready = syncAfter(calls, dirname(to), rename.end, 'the name of the object').end;
  for (const call of calls) {
    const made = /^mkdir(?:at)?\(.*"([^"]+)"/.exec(call.text)?.[1];
    if (made?.startsWith(paths.storage)) {
      ready = Math.max(ready, syncAfter(calls, dirname(made), call.end, `the folder ${made}`).end);
    }
  }
  checkCommit(calls, answer, paths, ready);
}

/** Asserts that the database committed after `ready`, and that the commit was on disk before the answer began. */
export function checkCommit(
  calls: readonly SystemCall[],
  answer: SystemCall,
  paths: TracedPaths,
  ready: number,
): void {
  const committed = calls
    .filter((call) => isWrite(call) && touches(call, paths.log) && call.start > ready)
    .at(-1);
  assert.ok(committed !== undefined, 'the rows are written when the bytes are on disk');
  const synced = syncAfter(calls, paths.log, committed.end, 'the rows');
  assert.ok(synced.end < answer.start, 'the rows are on disk before the answer');
}

function findData(
  calls: readonly SystemCall[],
  paths: TracedPaths,
): { readonly path: string; readonly last: SystemCall } {
  const last = calls
    .filter((call) => isWrite(call) && call.text.includes(`<${paths.storage}/uploads/`))
    .at(-1);
  assert.ok(last !== undefined, 'the bytes of the chunk were seen');
  return { path: /<([^>]+)>/.exec(last.text)?.[1] ?? '', last };
}

function syncAfter(calls: readonly SystemCall[], path: string, after: number, what: string): SystemCall {
  const found = calls.find((call) => isSync(call) && touches(call, path) && call.start > after);
  assert.ok(found !== undefined, `${what}: no sync of ${path}`);
  return found;
}
