import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })].map((path) =>
  resolve(root, path),
);

/** Without code, where brackets mean something else. */
function proseOf(path: string): string {
  return readFileSync(path, 'utf8')
    .replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, '')
    .replaceAll(/`[^`\n]*`/g, '``');
}

/** Anchors of the headings, as they are made on GitHub. */
function anchorsOf(path: string): Set<string> {
  const text = readFileSync(path, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  const counts = new Map<string, number>();
  const anchors = [...text.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  return new Set(anchors);
}

function faultOf(page: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : resolve(dirname(page), path);
  if (!existsSync(target)) return 'there is no such file';
  if (anchor === undefined || statSync(target).isDirectory()) return undefined;
  return anchorsOf(target).has(anchor) ? undefined : 'there is no such heading';
}

test('links between the pages lead somewhere', () => {
  const faults = pages.flatMap((page) => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    return links
      .filter((link) => !/^[a-z]+:/.test(link))
      .flatMap((link) => {
        const fault = faultOf(page, link);
        return fault === undefined ? [] : [`${relative(root, page)}: ${link}: ${fault}`];
      });
  });
  assert.ok(pages.length > 10);
  assert.deepEqual(faults, []);
});

test('every page of operations is reached from the start page', () => {
  const readme = readFileSync(resolve(root, 'README.md'), 'utf8');
  const missing = globSync('docs/operations/*.md', { cwd: root }).filter(
    (path) => !readme.includes(`](${path})`),
  );
  assert.deepEqual(missing, []);
});
