import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '#/platform/replace-file.ts';

const stateSchema = z.object({
  /** Names this node in reports, across restarts. */
  nodeId: z.string().min(1).max(64),
  /** The directory that all else is about. */
  directory: z.string(),
  /** The version that the directory holds; null before it had one. */
  version: z.number().int().nullable(),
  /** Digest of `config.yaml` alone, and of all that is shared, as they were left. */
  sourceDigest: z.string(),
  digest: z.string(),
  /** The version that is being written; null when none is. */
  writing: z.number().int().nullable(),
});

/** What a node remembers of its configuration directory, in its data directory. */
export type NodeState = z.infer<typeof stateSchema>;

const fileName = 'configuration-state.json';

/** What is remembered of this directory; a fresh state where nothing is. */
export async function readNodeState(dataDirectory: string, directory: string): Promise<NodeState> {
  const text = await readFile(join(dataDirectory, fileName), 'utf8').catch(() => '');
  const parsed = stateSchema.safeParse(parseJson(text));
  const fresh: NodeState = {
    nodeId: parsed.data?.nodeId ?? randomUUID(),
    directory,
    version: null,
    sourceDigest: '',
    digest: '',
    writing: null,
  };
  return parsed.success && parsed.data.directory === directory ? parsed.data : fresh;
}

export async function writeNodeState(dataDirectory: string, state: NodeState): Promise<void> {
  await replaceFile(join(dataDirectory, fileName), `${JSON.stringify(state)}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
