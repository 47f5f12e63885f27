import { setTimeout as delay } from 'node:timers/promises';
import { formOf, startEmulatorServer } from '@latchkey/dev-providers/fake-server';

/** A provider whose revocation endpoint responds slowly and records its requests. */
export interface RevokingProvider {
  readonly revocationEndpoint: string;
  /** Tokens of all requests, in order; a token that was sent again is listed again. */
  readonly tokens: string[];
  /** Maximum number of concurrent requests so far. */
  maxConcurrent: number;
  stop(): Promise<void>;
}

/**
 * Starts the provider on the loopback address.
 * @param latencyMs delay of each response, in milliseconds
 */
export async function startRevokingProvider(latencyMs: number): Promise<RevokingProvider> {
  const underWay = new Set<string>();
  const { origin, controls } = await startEmulatorServer({
    name: 'revoking',
    port: 0,
    now: () => new Date(),
    endpointOf: () => 'revoke',
    handle: async (exchange) => {
      const token = formOf(exchange).get('token') ?? '';
      provider.tokens.push(token);
      underWay.add(token);
      provider.maxConcurrent = Math.max(provider.maxConcurrent, underWay.size);
      // A request also ends when its caller closes the connection.
      exchange.response.once('close', () => underWay.delete(token));
      await delay(latencyMs);
      exchange.response.end();
    },
  });
  const provider: RevokingProvider = {
    revocationEndpoint: `${origin}/revoke`,
    tokens: [],
    maxConcurrent: 0,
    stop: () => controls.stop(),
  };
  return provider;
}
