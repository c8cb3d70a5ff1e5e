import { createServer, type Server } from 'node:http';
import type { Logger } from '#/platform/logger.ts';

/** What `/metrics` says: the text of this process, or of all processes of the node. */
export type CollectMetrics = () => Promise<{ readonly contentType: string; readonly text: string }>;

/** Listens for Prometheus on a port of its own; nothing but `/metrics` is served there. Resolves when it listens. */
export async function startMetricsServer(
  collect: CollectMetrics,
  listen: { readonly host: string; readonly port: number },
  logger: Logger,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at /metrics.\n');
      return;
    }
    collect().then(
      ({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text),
      (error: unknown) => {
        logger.error({ err: error }, 'metrics cannot be collected');
        response.writeHead(500).end();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return { port: portOf(server), close: () => closeServer(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
