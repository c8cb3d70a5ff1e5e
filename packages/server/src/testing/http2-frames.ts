import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** Frames of RFC 9113 by hand, for what no client would send. */

export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, goaway: 7, continuation: 9 } as const;

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** `GET /` with its whole header in the static table of HPACK, and the authority `a`. */
export const getRoot = Buffer.from([0x82, 0x84, 0x87, 0x41, 0x01, 0x61]);

/** `POST /v2/a/b/blobs/uploads/` to the authority `a`. */
export const postUpload = Buffer.concat([
  Buffer.from([0x83, 0x04, 24]),
  Buffer.from('/v2/admin/x/blobs/upload'),
  Buffer.from([0x87, 0x41, 0x01, 0x61]),
]);

export interface FrameConnection {
  readonly socket: TLSSocket;
  write(...frames: readonly Buffer[]): void;
  /** Frames that came so far. */
  received(): readonly { readonly type: number; readonly stream: number; readonly payload: Buffer }[];
  readonly ended: () => boolean;
}

/** Opens a connection of HTTP/2 with the client's half of the beginning sent. */
export async function openFrames(port: number): Promise<FrameConnection> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ALPNProtocols: ['h2'] });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  let bytes = Buffer.alloc(0);
  let ended = false;
  socket.on('data', (piece: Buffer) => {
    bytes = Buffer.concat([bytes, piece]);
  });
  socket.on('close', () => {
    ended = true;
  });
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  socket.write(frame(frameTypes.settings, 0, 0));
  return {
    socket,
    write: (...frames) => void socket.write(Buffer.concat(frames)),
    received() {
      const found = [];
      for (let at = 0; at + 9 <= bytes.length; ) {
        const length = bytes.readUIntBE(at, 3);
        found.push({
          type: bytes.readUInt8(at + 3),
          stream: bytes.readUInt32BE(at + 5),
          payload: bytes.subarray(at + 9, at + 9 + length),
        });
        at += 9 + length;
      }
      return found;
    },
    ended: () => ended,
  };
}
