import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

type Listener = Pick<Server, 'address' | 'close' | 'closeAllConnections'> & {
  listen(port: number, host: string): NodeJS.EventEmitter;
};

/** Lets a server listen, and connects a client to it that sends each of its pieces at once. */
export async function connectTo(server: Listener): Promise<Socket> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
}

/** Ends both. */
export async function endBoth(client: Socket, server: Listener): Promise<void> {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
