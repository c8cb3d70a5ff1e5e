import type { Compilable, CompiledQuery } from 'kysely';
import type { Db, DialectName } from './database.ts';
import { dialectOf } from './dialect-of.ts';

/** Stands for an argument while a query is built once. */
class Placeholder {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

interface Prepared {
  readonly compiled: CompiledQuery<unknown>;
  /** Which argument each parameter of the statement is; others are constants. */
  readonly order: readonly (Placeholder | { readonly constant: unknown })[];
}

/**
 * A query that is built and compiled once a dialect and then only given its arguments: for the few that run on every request, where
 * building costs as much as running. `build` must use each argument as a plain value, never look at it, and never put it in a list.
 */
export function prepareQuery<Arguments extends readonly unknown[], Row>(
  build: (db: Db, ...args: Arguments) => Compilable<Row>,
): (db: Db, ...args: Arguments) => Promise<Row[]> {
  const prepared = new Map<DialectName, Prepared>();
  return async (db, ...args) => {
    const dialect = dialectOf(db);
    let query = prepared.get(dialect);
    if (query === undefined) {
      query = prepare(build(db, ...placeholders<Arguments>(args.length)));
      prepared.set(dialect, query);
    }
    const parameters = query.order.map((parameter) =>
      parameter instanceof Placeholder ? args[parameter.index] : parameter.constant,
    );
    const { rows } = await db.executeQuery<Row>({ ...query.compiled, parameters } as CompiledQuery<Row>);
    return rows;
  };
}

function placeholders<Arguments extends readonly unknown[]>(count: number): Arguments {
  return Array.from({ length: count }, (_, index) => new Placeholder(index)) as unknown as Arguments;
}

function prepare(query: Compilable<unknown>): Prepared {
  const compiled = query.compile();
  return {
    compiled,
    order: compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? parameter : { constant: parameter },
    ),
  };
}
