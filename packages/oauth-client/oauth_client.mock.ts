import type { EarsClient, StandardClient } from './client.ts';
import type { ProtocolIo } from './protocol_io.ts';

/** A client of an invented provider that follows the RFCs. */
export const aStandardClient = (over: Partial<StandardClient> = {}): StandardClient => ({
  dialect: 'standard',
  authorizationEndpoint: 'https://auth.example.com/authorize',
  tokenEndpoint: 'https://auth.example.com/token',
  revocationEndpoint: 'https://auth.example.com/revoke',
  clientId: 'client-1',
  clientSecret: 'development-secret',
  tokenEndpointAuthMethod: 'client_secret_basic',
  ...over,
});

/** A client of EARS. */
export const anEarsClient = (over: Partial<EarsClient> = {}): EarsClient => ({
  dialect: 'ears',
  baseUrl: 'https://ears.example.com',
  provider: 'google',
  ...over,
});

/** Instant at which every fake response arrives. */
const RECEIVED_AT = new Date('2030-01-01T00:00:00Z');

/** A request that the injected fetch received. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/**
 * I/O that responds in memory and records the requests. An exception of `respond` stands for a
 * failed fetch.
 */
export function fakeIo(respond: (request: SentRequest) => Response): {
  readonly io: ProtocolIo;
  readonly sent: SentRequest[];
} {
  const sent: SentRequest[] = [];
  return {
    sent,
    io: {
      now: () => RECEIVED_AT,
      fetch: async (url, { method, headers, body }) => {
        const request = { url, method, headers, body };
        sent.push(request);
        return respond(request);
      },
    },
  };
}

/** A JSON response. */
export const json = (body: unknown, init: ResponseInit = {}): Response => Response.json(body, init);
