/** Columns padded to equal width, one row a line; `empty` when there is no row. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  empty: string,
): string {
  if (rows.length === 0) return empty;
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** An instant for people and programs: ISO 8601 in UTC, or the given word when there is none. */
export function formatTime(ms: number | null, none: string): string {
  return ms === null ? none : new Date(ms).toISOString();
}
