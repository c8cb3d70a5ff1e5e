import { readFile, writeFile } from 'node:fs/promises';

const begin = '<!-- tables: begin (npm run bench -- --write) -->';
const end = '<!-- tables: end -->';

/** Puts the report between the markers of a document; throws when they are not there. */
export async function writeTables(file: string, report: string): Promise<void> {
  await writeFile(file, replaceTables(await readFile(file, 'utf8'), report));
}

/** The text with `report` in place of what stood between the markers. */
export function replaceTables(text: string, report: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the document has no lines "${begin}" and "${end}"`);
  return `${text.slice(0, from + begin.length)}\n\n${report.trim()}\n\n${text.slice(to)}`;
}
