import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { FrameReader, header } from './http-frames.ts';
import { countRecords } from './payload.ts';

/** What the sink has counted since it began. */
export interface SinkTotals {
  readonly requests: number;
  readonly records: number;
  readonly wireBytes: number;
  /** Requests that could not be read. */
  readonly faults: number;
  readonly firstFault: string;
}

const totals = { requests: 0, records: 0, wireBytes: 0, faults: 0, firstFault: '' };
const OK = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n',
);

function unpack(body: Buffer, encoding: string): Buffer {
  switch (encoding) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
      return gunzipSync(body);
    case 'deflate':
      return inflateSync(body);
    case 'zstd':
      return zstdDecompressSync(body);
    default:
      throw new Error(`content-encoding ${encoding}`);
  }
}

function take(head: string, body: Buffer): void {
  totals.requests += 1;
  totals.wireBytes += body.length;
  try {
    totals.records += countRecords(unpack(body, header(head, 'content-encoding')));
  } catch (error) {
    totals.faults += 1;
    totals.firstFault ||= String(error);
  }
}

/** The sink process: a backend that counts records and answers 200. Talks to its parent by IPC. */
const server = createTcpServer({ noDelay: true }, (socket) => {
  const reader = new FrameReader();
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    try {
      reader.read(chunk, (head, body) => {
        take(head, body);
        socket.write(OK);
      });
    } catch (error) {
      totals.faults += 1;
      totals.firstFault ||= String(error);
      socket.destroy();
    }
  });
});

server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', () => process.send?.(totals));
process.on('disconnect', () => process.exit(0));
