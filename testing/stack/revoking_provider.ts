import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A provider with a slow revocation endpoint that records its requests. */
export interface RevokingProvider {
  readonly revocationEndpoint: string;
  /** Tokens of all requests, in order; repeated requests are listed again. */
  readonly tokens: string[];
  /** Maximum number of concurrent requests so far. */
  maxConcurrent: number;
  stop(): Promise<void>;
}

/**
 * Listens on the loopback address.
 * @param latencyMs delay of each response, in milliseconds
 */
export async function startRevokingProvider(latencyMs: number): Promise<RevokingProvider> {
  const underWay = new Set<string>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const token = new URLSearchParams(body).get('token') ?? '';
    provider.tokens.push(token);
    underWay.add(token);
    provider.maxConcurrent = Math.max(provider.maxConcurrent, underWay.size);
    // A request whose caller has closed the connection has ended too.
    response.once('close', () => underWay.delete(token));
    await delay(latencyMs);
    response.end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const provider: RevokingProvider = {
    revocationEndpoint: `http://127.0.0.1:${port}/revoke`,
    tokens: [],
    maxConcurrent: 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}
