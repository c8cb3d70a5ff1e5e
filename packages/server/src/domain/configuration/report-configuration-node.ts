import type { Services } from '#/domain/services.ts';
import type { ConfigurationNode } from './configuration-version.ts';
import { listNodeRows, putNode } from './queries.ts';

const mostDetailCharacters = 2000;
/** A node reports each minute; one that is silent for longer is gone. */
const silentMs = 10 * 60_000;
const mostNodes = 1000;

/** Says which version this node has, and how far it runs it. */
export async function reportConfigurationNode(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  node: Omit<ConfigurationNode, 'reportedMs'>,
): Promise<void> {
  const detail = node.detail.slice(0, mostDetailCharacters);
  await database.transaction((db) => putNode(db, { ...node, detail, reportedMs: clock.nowMs() }));
}

/** The nodes that run now. */
export async function listConfigurationNodes({
  database,
  clock,
}: Pick<Services, 'database' | 'clock'>): Promise<ConfigurationNode[]> {
  return await listNodeRows(database.read, clock.nowMs() - silentMs, mostNodes);
}
