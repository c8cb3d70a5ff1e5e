#!/usr/bin/env node
// Plain JavaScript that any Node can read: the server itself is TypeScript, which old ones cannot even begin to parse.
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
const needed = manifest.engines.node.replace('>=', '').split('.').map(Number);
const found = process.versions.node.split('.').map(Number);
const difference = needed.map((part, index) => found[index] - part).find((part) => part !== 0) ?? 0;

if (difference < 0) {
  process.stderr.write(
    `wharf: needs Node ${needed.join('.')} or newer, and this is ${process.versions.node}; run it with "npx wharf", which brings its own\n`,
  );
  process.exit(1);
}
await import('../src/main.ts');
