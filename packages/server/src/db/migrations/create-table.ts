import type { Column, Target } from './columns.ts';

/** A table in the words that all databases share; index and constraint names follow from the columns. */
export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** Where there is no column `id`. */
  readonly primaryKey?: readonly string[];
  readonly unique?: readonly (readonly string[])[];
  /** Columns, each with ` desc` behind it for descending order. */
  readonly indexes?: readonly (readonly string[])[];
  readonly checks?: Readonly<Record<string, string>>;
  /** Index name -> expression that is unique where it is not null. */
  readonly uniqueExpressions?: Readonly<Record<string, string>>;
}

/** PostgreSQL cuts names at 63 bytes, MySQL refuses more than 64. */
const longestName = 60;

/** The statements that create the table; running them again after a crash in between does no harm. */
export function createTableStatements(table: Table, target: Target): string[] {
  const quote = (identifier: string): string =>
    target.dialect === 'mysql' ? `\`${identifier}\`` : `"${identifier}"`;
  const list = (columns: readonly string[]): string => columns.map(quote).join(', ');
  const mysql = target.dialect === 'mysql';
  const lines = Object.entries(table.columns).map(([name, column]) =>
    columnLine(quote(name), column, target),
  );
  if (table.primaryKey !== undefined) lines.push(`primary key (${list(table.primaryKey)})`);
  for (const columns of table.unique ?? []) {
    lines.push(`constraint ${quote(shortName('uq', table.name, columns))} unique (${list(columns)})`);
  }
  for (const [name, column] of Object.entries(table.columns)) {
    if (column.values === undefined) continue;
    const words = column.values.map((value) => `'${value}'`).join(', ');
    lines.push(
      `constraint ${quote(shortName('ck', table.name, [name]))} check (${quote(name)} in (${words}))`,
    );
  }
  for (const [name, condition] of Object.entries(table.checks ?? {})) {
    lines.push(`constraint ${quote(name)} check (${condition})`);
  }
  for (const [name, { reference }] of Object.entries(table.columns)) {
    if (reference === undefined) continue;
    lines.push(
      `constraint ${quote(shortName('fk', table.name, [name]))} foreign key (${quote(name)}) references ${quote(reference.table)} (${quote('id')}) on delete ${reference.onDelete}`,
    );
  }
  const indexes = (table.indexes ?? []).map((columns) => ({
    name: quote(shortName('ix', table.name, columns.map(indexedColumn))),
    columns: columns.map((column) => column.replace(/^\w+/, quote)).join(', '),
  }));
  const expressions = Object.entries(table.uniqueExpressions ?? {});
  if (mysql) {
    // DDL is not transactional there: a table comes into being with all its indexes or not at all.
    for (const index of indexes) lines.push(`index ${index.name} (${index.columns})`);
    for (const [name, expression] of expressions) {
      lines.push(
        `${quote(name)} varchar(255) character set utf8mb4 collate ${target.collation} as (${expression}) virtual`,
        `unique (${quote(name)})`,
      );
    }
  }
  const create = `create table if not exists ${quote(table.name)} (\n  ${lines.join(',\n  ')}\n)${tableOptions(target)}`;
  if (mysql) return [create];
  return [
    create,
    ...indexes.map(
      (index) => `create index if not exists ${index.name} on ${quote(table.name)} (${index.columns})`,
    ),
    ...expressions.map(
      ([name, expression]) =>
        `create unique index if not exists ${quote(name)} on ${quote(table.name)} ((${expression}))`,
    ),
  ];
}

/** The column that a part of an index names. */
export function indexedColumn(part: string): string {
  return part.replace(/ desc$/, '');
}

function columnLine(quotedName: string, column: Column, target: Target): string {
  const type = `${quotedName} ${column.type(target)}`;
  if (column.primaryKey) return type;
  return column.nullable ? `${type} null` : `${type} not null`;
}

function tableOptions(target: Target): string {
  if (target.dialect === 'sqlite') return ' strict';
  if (target.dialect === 'postgresql') return '';
  return ` engine=InnoDB row_format=dynamic default character set utf8mb4 collate ${target.collation}`;
}

function shortName(prefix: string, table: string, columns: readonly string[]): string {
  const full = [prefix, table, ...columns].join('_');
  if (full.length <= longestName) return full;
  const initials = columns.map((column) => column.replaceAll(/([a-z])[a-z]*/g, '$1')).join('_');
  return [prefix, table, initials].join('_').slice(0, longestName);
}
