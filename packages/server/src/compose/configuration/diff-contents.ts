import { isDeepStrictEqual } from 'node:util';
import type { ConfigurationChange } from '#/api/configuration-control.ts';
import { changedNames } from '#/config/directory/read-directory.ts';
import { configurationFileName } from '#/config/find-directory.ts';
import { parseYaml } from '#/config/parse-yaml.ts';
import { maskKey } from '#/config/unmask-values.ts';
import type { ConfigurationContent } from '#/domain/configuration/index.ts';

/** What differs between two versions, by name, with secrets masked; of files only whether they are there. */
export function diffContents(
  before: ConfigurationContent,
  after: ConfigurationContent,
): ConfigurationChange[] {
  const old = parseYaml(before.source, configurationFileName).values;
  const next = parseYaml(after.source, configurationFileName).values;
  return changedNames(before, after).map((name) => {
    if (Object.hasOwn(old, name) || Object.hasOwn(next, name)) {
      const shownBefore = Object.hasOwn(old, name) ? maskKey(name, old[name]) : undefined;
      const shownAfter = Object.hasOwn(next, name) ? maskKey(name, next[name]) : undefined;
      // Two secrets look the same behind their masks.
      const isHidden = shownBefore !== undefined && isDeepStrictEqual(shownBefore, shownAfter);
      return { name, before: shownBefore, after: isHidden ? '*** (changed)' : shownAfter };
    }
    return { name, before: fileMark(before, name), after: fileMark(after, name) };
  });
}

function fileMark({ files }: ConfigurationContent, name: string): string | undefined {
  const content = files[name];
  return content === undefined ? undefined : `a file of ${Buffer.from(content, 'base64').length} bytes`;
}
