import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** The wire between a client and a server on this machine, which a test can cut, freeze or take down. */
export class FaultyNetwork {
  /** How much goes through to the client, on each connection. */
  bytesPerSecond = Infinity;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private frozen = false;
  private port = 0;

  constructor(private readonly target: number) {}

  /** The port that clients connect to; the same after the network was down. */
  get address(): number {
    return this.port;
  }

  async up(): Promise<void> {
    if (this.server) return;
    const server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      near.pipe(far);
      far.pipe(this.slowed()).pipe(near);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(socket);
        socket.setNoDelay(true);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          this.sockets.delete(socket);
          other.destroy();
        });
        if (this.frozen) socket.pause();
      }
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private slowed(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _, done) => {
        const ms = (chunk.length * 1000) / this.bytesPerSecond;
        if (ms === 0) done(null, chunk);
        else setTimeout(done, ms, null, chunk);
      },
    });
  }

  /** Breaks every connection; the next one is taken. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Lets nothing through, and breaks nothing, until `thaw`. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  thaw(): void {
    this.frozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Breaks every connection and takes none. */
  async down(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }
}
