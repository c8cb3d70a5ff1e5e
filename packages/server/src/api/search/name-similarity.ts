/** What a match in the description alone, or anywhere but in the name, is worth. */
const elsewhere = 0.5;

/** How close a name comes to what was typed, from 0.5 for not at all to 1 for the same. */
export function nameSimilarity(name: string, query: string): number {
  const [text, wanted] = [name.toLowerCase(), query.trim().toLowerCase()];
  if (text === wanted) return 1;
  const index = text.indexOf(wanted);
  if (index === -1 || wanted === '') return elsewhere;
  // The more of the name was typed the closer; the start counts more than the middle.
  const share = wanted.length / text.length;
  return (index === 0 ? 0.75 : elsewhere) + share / 5;
}
