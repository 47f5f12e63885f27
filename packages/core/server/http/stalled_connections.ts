import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Time without a byte in either direction, milliseconds. */
const STALLED_MS = 60_000;

/**
 * Closes connections on which nothing moves while the client has to act: it does not read its
 * response, or sends nothing. They would count for the maximum of open connections for ever. A
 * request whose response is not ready keeps its connection, however long it takes.
 */
export function closeStalledConnections(server: Server, stalledMs = STALLED_MS): void {
  /** The last response of each connection. */
  const responses = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }, response) => void responses.set(socket, response));
  server.timeout = stalledMs;
  // With a listener, Node closes none itself, also not those that are idle between two requests.
  server.on('timeout', (socket) => {
    const response = responses.get(socket);
    const isAwaited = response !== undefined && !response.writableEnded && !response.destroyed;
    if (isAwaited && socket.writableLength === 0) socket.setTimeout(stalledMs);
    else socket.destroy();
  });
}
