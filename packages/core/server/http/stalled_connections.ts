import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Milliseconds without a byte in either direction after which a connection counts as stalled. */
const STALLED_MS = 60_000;

/**
 * Closes connections on which no byte is sent although it is the client that must act: it does not
 * read its response, or it sends nothing. Otherwise such connections would count towards the
 * maximum of open connections without a time limit. A request whose response is not ready keeps its
 * connection, however long it takes.
 */
export function closeStalledConnections(server: Server, stalledMs = STALLED_MS): void {
  /** The last response of each connection. */
  const responses = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }, response) => void responses.set(socket, response));
  server.timeout = stalledMs;
  // With this listener, Node itself closes no connection, not even one that is idle between two
  // requests.
  server.on('timeout', (socket) => {
    const response = responses.get(socket);
    const isAwaited = response !== undefined && !response.writableEnded && !response.destroyed;
    if (isAwaited && socket.writableLength === 0) socket.setTimeout(stalledMs);
    else socket.destroy();
  });
}
