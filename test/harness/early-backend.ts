import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n';

/**
 * A backend that answers its first requests before it has read them, by hand over TCP, since
 * node:http throws away what a sender still writes after the answer.
 */
export class EarlyBackend implements AsyncDisposable {
  /** All bytes that each connection carried, as far as they were read. */
  readonly connections: Buffer[][] = [];
  readonly #server: Server;
  readonly #held: Socket[] = [];
  #early: number;

  private constructor(server: Server, early: number) {
    this.#server = server;
    this.#early = early;
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** The first `early` connections are answered at their first bytes, and not read until `release`. */
  static async start(early: number): Promise<EarlyBackend> {
    const server = createServer();
    const backend = new EarlyBackend(server, early);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Reads what the early ones still have to say; resolves when their senders have ended. */
  async release(): Promise<void> {
    await Promise.all(
      this.#held.map((socket) => {
        const closed = socket.destroyed ? Promise.resolve() : once(socket, 'close');
        socket.resume();
        return closed;
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  readonly #sockets = new Set<Socket>();

  #serve(socket: Socket): void {
    const chunks: Buffer[] = [];
    this.connections.push(chunks);
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (this.#early > 0) {
      this.#early -= 1;
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.once('data', () => {
        socket.write(OK);
        socket.pause();
        this.#held.push(socket);
      });
      return;
    }
    let waiting = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      waiting = Buffer.concat([waiting, chunk]);
      const head = waiting.indexOf('\r\n\r\n');
      const length = /\r\ncontent-length: *(\d+)/i.exec(waiting.toString('latin1', 0, head));
      if (head < 0 || waiting.length < head + 4 + Number(length?.[1] ?? 0)) return;
      waiting = Buffer.alloc(0);
      socket.write(OK);
    });
  }
}
