import cluster from 'node:cluster';
import type { ServeOptions } from '#/cli/serve-options.ts';

export { openServices } from './compose/open-services.ts';

/** Runs the server until SIGTERM or SIGINT; resolves when everything in flight is finished or persisted. */
export async function serve(options: ServeOptions): Promise<void> {
  // Commands of the command line share this file and need no server.
  if (cluster.isWorker) {
    const { runChild } = await import('./compose/processes/run-child.ts');
    return await runChild(options);
  }
  const { runNode } = await import('./compose/run-node.ts');
  await runNode(options);
}
