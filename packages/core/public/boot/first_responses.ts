import type { Fetch, FetchResponse } from '../http_client.ts';

declare global {
  /**
   * Responses to the requests of `send_first_requests.ts`, by URL. `undefined`: that script did not
   * run.
   */
  var latchkeyFirstResponses: ReadonlyMap<string, Promise<FetchResponse>> | undefined;
}

/** Method of all requests that are sent first. */
const METHOD = 'POST';
/** Milliseconds after the start during which a response is used. Later it may be outdated. */
const USED_FOR_MS = 5_000;

/** Options of {@link withFirstResponses}. */
export interface FirstResponsesOptions {
  readonly fetch: Fetch;
  /** Responses by URL. Each is used once. */
  readonly responses: ReadonlyMap<string, Promise<FetchResponse>>;
  /** Language in which the responses were requested. */
  readonly language: string;
  /** Returns milliseconds of any clock that never goes back. */
  readonly now: () => number;
}

/**
 * Returns a `fetch` that uses the responses to requests that the page has already sent. A request
 * that failed is sent again.
 */
export function withFirstResponses(options: FirstResponsesOptions): Fetch {
  const { fetch, language, now } = options;
  const waiting = new Map(options.responses);
  const usedUntil = now() + USED_FOR_MS;
  return async (url, init) => {
    const response = waiting.get(url);
    const isSame =
      init.method === METHOD &&
      init.body === undefined &&
      init.headers['accept-language'] === language;
    if (response === undefined || !isSame || now() > usedUntil) return fetch(url, init);
    waiting.delete(url);
    try {
      return withoutDate(await response);
    } catch {
      return fetch(url, init);
    }
  };
}

/**
 * Returns the response without its header `Date`, which is outdated, because the response has
 * waited to be used.
 */
function withoutDate(response: FetchResponse): FetchResponse {
  const { status, headers } = response;
  return {
    status,
    headers: { get: (name) => (name.toLowerCase() === 'date' ? null : headers.get(name)) },
    text: () => response.text(),
  };
}
