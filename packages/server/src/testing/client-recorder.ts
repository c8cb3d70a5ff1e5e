import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** One request as a client sent it, and how it was answered. */
export interface RecordedRequest {
  readonly method: string;
  /** Path with its query, as sent. */
  readonly url: string;
  readonly status: number;
  /** Bytes of the request's body. */
  readonly sentBytes: number;
}

/** A reverse proxy in front of a server that writes down what passes, to prove what a client did not send. */
export interface ClientRecorder {
  readonly host: string;
  /** Requests since the last call of `take`, in the order of their ends. */
  take(): RecordedRequest[];
  /** Resolves when so many bytes of bodies have passed; from then on no more pass, as if the network stood still. */
  holdAfter(bytes: number): Promise<void>;
  /** From now on answers such requests itself, with 400 and an error of that code. */
  refuse(isRefused: (incoming: IncomingMessage) => boolean, code: string): void;
  close(): Promise<void>;
}

export async function startClientRecorder(targetPort: number): Promise<ClientRecorder> {
  const records: RecordedRequest[] = [];
  let remainingBytes = Number.POSITIVE_INFINITY;
  let onHeld = (): void => {};
  const onBytes = (incoming: IncomingMessage, bytes: number): void => {
    remainingBytes -= bytes;
    if (remainingBytes > 0) return;
    incoming.pause();
    onHeld();
  };
  let refusal: { isRefused(incoming: IncomingMessage): boolean; readonly code: string } | undefined;
  const server = createServer((incoming, outgoing) => {
    if (refusal?.isRefused(incoming)) answerRefusal(incoming, outgoing, refusal.code, records);
    else forward({ incoming, outgoing, port: targetPort, records, onBytes });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    take: () => records.splice(0),
    holdAfter(bytes) {
      remainingBytes = bytes;
      return new Promise((resolve) => {
        onHeld = resolve;
      });
    },
    refuse(isRefused, code) {
      refusal = { isRefused, code };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answerRefusal(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  code: string,
  records: RecordedRequest[],
): void {
  const { method = 'GET', url = '/' } = incoming;
  let sentBytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    sentBytes += chunk.length;
  });
  incoming.on('end', () => {
    records.push({ method, url, status: 400, sentBytes });
    outgoing.writeHead(400, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify({ errors: [{ code, message: 'refused', detail: {} }] }));
  });
}

interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly port: number;
  readonly records: RecordedRequest[];
  onBytes(incoming: IncomingMessage, bytes: number): void;
}

function forward({ incoming, outgoing, port, records, onBytes }: Passage): void {
  let sentBytes = 0;
  const { method = 'GET', url = '/' } = incoming;
  const passed = request(
    { host: '127.0.0.1', port, method, path: url, headers: incoming.headers, agent: false },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
      answer.on('end', () => records.push({ method, url, status: answer.statusCode ?? 502, sentBytes }));
    },
  );
  incoming.pipe(passed);
  incoming.on('data', (chunk: Buffer) => {
    sentBytes += chunk.length;
    onBytes(incoming, chunk.length);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.on('error', () => passed.destroy());
}

/** Bytes of blobs that the requests uploaded. */
export function uploadedBytes(records: readonly RecordedRequest[]): number {
  return records
    .filter((record) => record.url.includes('/blobs/uploads/'))
    .reduce((sum, record) => sum + record.sentBytes, 0);
}

/** Mounts among the requests, by status. */
export function mountStatuses(records: readonly RecordedRequest[]): number[] {
  return records
    .filter((record) => record.method === 'POST' && /[?&]mount=/.test(record.url))
    .map((record) => record.status);
}
