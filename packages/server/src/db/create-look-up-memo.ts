import type { Database } from './database.ts';

/** What a look-up found; `untilMs` is when time alone would change it, if ever. */
export interface Finding<Value> {
  readonly value: Value;
  readonly untilMs: number | undefined;
}

interface Memory<Value> {
  epoch: number;
  readonly findings: Map<string, Finding<Value>>;
}

/** Findings held for each database; with more, all are dropped. */
const mostFindings = 5000;

/**
 * Wraps look-ups that run on every request: a finding is held for as long as `Database.epoch` says that nothing changed, so that it is
 * always what the database would answer. What is not found is not held, and nothing is where there is no epoch. The key must name
 * all that `load` depends on, and `load` must not read the action log. Values are shared: nobody may change them.
 */
export function createLookUpMemo<Value>(): (
  database: Database,
  input: {
    readonly key: string;
    readonly nowMs: number;
    readonly load: () => Promise<Finding<Value> | undefined>;
  },
) => Promise<Value | undefined> {
  const memories = new WeakMap<Database, Memory<Value>>();

  const currentMemory = (database: Database): Memory<Value> | undefined => {
    const epoch = database.epoch();
    if (epoch === undefined) return undefined;
    let memory = memories.get(database);
    if (memory === undefined) {
      memory = { epoch, findings: new Map() };
      memories.set(database, memory);
    } else if (memory.epoch !== epoch) {
      memory.epoch = epoch;
      memory.findings.clear();
    }
    return memory;
  };

  return async (database, { key, nowMs, load }) => {
    const memory = currentMemory(database);
    const held = memory?.findings.get(key);
    if (held !== undefined && (held.untilMs === undefined || nowMs < held.untilMs)) return held.value;
    const epoch = memory?.epoch;
    const found = await load();
    // A commit that came meanwhile may lie behind what was read.
    if (found !== undefined && memory !== undefined && memory.epoch === epoch) {
      if (memory.findings.size >= mostFindings) memory.findings.clear();
      memory.findings.set(key, found);
    }
    return found?.value;
  };
}
