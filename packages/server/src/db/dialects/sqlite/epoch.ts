import { type CompiledQuery, InsertQueryNode, SelectQueryNode } from 'kysely';
import type { SqliteConnection } from './sqlite-connection.ts';

/** See `Database.epoch`. */
export interface Epoch {
  /** Undefined while the file cannot be asked. */
  current(): number | undefined;
  /** To be called in the same turn in which a transaction of this process that changed something ends. */
  advance(): void;
}

/** Counts the commits of this process itself, and learns of those of others from the connection that writes. */
export function createEpoch(writer: Pick<SqliteConnection, 'dataVersion'>): Epoch {
  let epoch = 0;
  let seen: number | undefined;
  return {
    current() {
      let version: number;
      try {
        version = writer.dataVersion();
      } catch {
        return undefined;
      }
      if (version !== seen) {
        seen = version;
        epoch += 1;
      }
      return epoch;
    },
    advance() {
      epoch += 1;
    },
  };
}

/** Each pull appends to this table, and whoever reads it asks the database. */
const appendedTable = 'action_logs';

/** Whether a statement may change what a look-up finds: every one that is not known to be harmless. */
export function changesLookUps({ query }: CompiledQuery): boolean {
  if (SelectQueryNode.is(query)) return false;
  return !(InsertQueryNode.is(query) && query.into?.table.identifier.name === appendedTable);
}
