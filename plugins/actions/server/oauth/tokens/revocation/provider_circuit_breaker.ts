import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';

/** Failures in a row after which a client is left alone for the rest of the round. */
const MAX_FAILURES = 5;

/**
 * Clients whose revocations fail, within one round of work. Thousands of entries may wait for a
 * provider that is away: asking for each of them would only take its time and ours.
 */
export class ProviderCircuitBreaker {
  readonly #failures = new Map<string, number>();
  readonly #maxFailures: number;

  /** @param maxFailures in a row */
  constructor(maxFailures: number = MAX_FAILURES) {
    this.#maxFailures = maxFailures;
  }

  isLost(configuration: OAuthClientConfiguration): boolean {
    return (this.#failures.get(clientAtEndpoint(configuration)) ?? 0) >= this.#maxFailures;
  }

  note(configuration: OAuthClientConfiguration, hasFailed: boolean): void {
    const client = clientAtEndpoint(configuration);
    this.#failures.set(client, hasFailed ? (this.#failures.get(client) ?? 0) + 1 : 0);
  }
}

/**
 * Endpoints that answered with `Retry-After`. RFC 7009 §2.2.1: no request before that time, for
 * any token.
 */
export class QuietEndpoints {
  readonly #until = new Map<string, number>();

  /** Milliseconds since the epoch; `undefined`: requests are allowed. */
  quietUntil(configuration: OAuthClientConfiguration, nowMs: number): number | undefined {
    const endpoint = endpointOf(configuration);
    const until = this.#until.get(endpoint);
    if (until === undefined || until > nowMs) return until;
    this.#until.delete(endpoint);
    return undefined;
  }

  note(configuration: OAuthClientConfiguration, untilMs: number): void {
    this.#until.set(endpointOf(configuration), untilMs);
  }
}

function endpointOf(configuration: OAuthClientConfiguration): string {
  const { revocationEndpoint, tokenEndpoint } = dialectOf(configuration);
  return revocationEndpoint ?? tokenEndpoint;
}

/** Another client at the same endpoint may be accepted where this one is refused. */
function clientAtEndpoint(configuration: OAuthClientConfiguration): string {
  return JSON.stringify([endpointOf(configuration), dialectOf(configuration).clientId]);
}
