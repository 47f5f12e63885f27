import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, fetch } from 'undici';

/** A revocation endpoint on loopback that counts its requests. */
export interface RevokingProvider {
  readonly revocationEndpoint: string;
  /** Tokens of all requests, in order. */
  readonly tokens: string[];
  /** Maximum number of concurrent requests so far. */
  maxConcurrent: number;
  /** Sends a revocation request as a client would. */
  revoke(token: string): Promise<'revoked' | 'failed_transient'>;
  stop(): Promise<void>;
}

/** @param latencyMs delay of each response */
export async function startRevokingProvider(latencyMs: number): Promise<RevokingProvider> {
  let running = 0;
  const server = createServer(async (request, response) => {
    running += 1;
    provider.maxConcurrent = Math.max(provider.maxConcurrent, running);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    provider.tokens.push(new URLSearchParams(body).get('token') ?? '');
    await delay(latencyMs);
    running -= 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const revocationEndpoint = `http://127.0.0.1:${port}/revoke`;
  const dispatcher = new Agent();
  const provider: RevokingProvider = {
    revocationEndpoint,
    tokens: [],
    maxConcurrent: 0,
    revoke: async (token) => {
      const body = new URLSearchParams({ token }).toString();
      const upstreamResponse = await fetch(revocationEndpoint, {
        method: 'POST',
        body,
        dispatcher,
      });
      await upstreamResponse.arrayBuffer();
      return upstreamResponse.ok ? 'revoked' : 'failed_transient';
    },
    stop: async () => {
      await dispatcher.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}
