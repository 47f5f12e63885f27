import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service that accepts requests and never responds. */
export interface HeldService {
  readonly url: string;
  readonly open: ReadonlySet<ServerResponse>;
  stop(): void;
}

/** Starts a service on a free port. */
export async function startHeldService(): Promise<HeldService> {
  const open = new Set<ServerResponse>();
  const server = createServer((_, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url, open, stop };
}
