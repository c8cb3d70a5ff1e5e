const longestName = 255;
const mostSuffixes = 50;

/**
 * Names for an account here, best first, of somebody whom another system calls `username`: lower-case, accents taken off, what names
 * cannot hold replaced by `_`, and a number behind a name that may be taken.
 */
export function suggestAccountNames(username: string): readonly string[] {
  const plain = username.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const parts = plain
    .split(/[^a-z0-9.-]+/)
    .flatMap((part) => part.match(/[a-z0-9]+(?:[.-][a-z0-9]+)*/g) ?? []);
  const stem = (parts.join('_') || 'user').slice(0, longestName - 4).replace(/[._-]+$/, '');
  const first = stem.length < 2 ? `${stem}0` : stem;
  return [first, ...Array.from({ length: mostSuffixes }, (_, index) => `${stem}${index + 2}`)];
}
