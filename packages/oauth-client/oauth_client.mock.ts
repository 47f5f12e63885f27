import type { EarsClient, ProtocolIo, StandardClient } from './types.ts';

/** A client of an invented provider that keeps to the RFC. */
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

/** A client of the redirect service. */
export const anEarsClient = (over: Partial<EarsClient> = {}): EarsClient => ({
  dialect: 'ears',
  baseUrl: 'https://ears.example.com',
  provider: 'google',
  ...over,
});

/** When every fake answer arrives. */
const RECEIVED_AT = new Date('2030-01-01T00:00:00Z');

/** What an injected fetch was asked to send. */
export interface SentRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** I/O that answers in memory and records what was sent. Throwing an error from `answer` stands for a failed fetch. */
export function fakeIo(answer: (request: SentRequest) => Response): {
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
        return answer(request);
      },
    },
  };
}

/** A JSON answer. */
export const json = (body: unknown, init: ResponseInit = {}): Response => Response.json(body, init);
