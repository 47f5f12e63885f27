import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The revocation endpoint of a slow provider. */
export interface RevokingEndpoint {
  readonly url: string;
  /** Tokens of all requests, in order; repeated requests are listed again. */
  readonly tokens: string[];
  /** Tokens of requests without a response yet. */
  readonly underWay: ReadonlySet<string>;
  /** Maximum number of concurrent requests so far. */
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
    // A request whose caller has closed the connection has ended too.
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
