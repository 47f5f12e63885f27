import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The revocation endpoint of a provider that is never in a hurry. */
export interface RevokingEndpoint {
  readonly url: string;
  /** Tokens it was asked to revoke, in order, as often as it was asked. */
  readonly tokens: string[];
  /** Those it is thinking about. */
  readonly underWay: ReadonlySet<string>;
  /** Most of them at once. */
  readonly maxConcurrent: () => number;
  stop(): Promise<void>;
}

const LATENCY_MS = 5;

/** Listens on the loopback address. */
export async function startRevokingEndpoint(): Promise<RevokingEndpoint> {
  const tokens: string[] = [];
  const underWay = new Set<string>();
  let highest = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const token = new URLSearchParams(body).get('token') ?? '';
    tokens.push(token);
    underWay.add(token);
    highest = Math.max(highest, underWay.size);
    // An answer that nobody reads any more is over as well.
    response.once('close', () => underWay.delete(token));
    await delay(LATENCY_MS);
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/revoke`,
    tokens,
    underWay,
    maxConcurrent: () => highest,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
