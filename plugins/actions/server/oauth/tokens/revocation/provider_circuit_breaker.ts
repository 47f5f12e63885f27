import {
  dialectOf,
  type OAuthClientConfiguration,
  type RevocationOutcome,
} from '@latchkey/oauth-client';
import { CircuitBreaker } from '../../limits/index.ts';
import type { RevocableGrant } from './revocation_type.ts';

/** Number of consecutive failures after which a client gets no further requests in this run. */
const MAX_FAILURES = 5;

/**
 * Stops requests of clients whose revocations fail, within one run of the outbox. Thousands of
 * entries may wait for a provider that is unavailable, and a request for each would waste time on
 * both sides.
 */
export class ProviderCircuitBreaker {
  readonly #circuits: CircuitBreaker;

  /** @param maxFailures number of consecutive failures that open the circuit of a client */
  constructor(maxFailures: number = MAX_FAILURES) {
    this.#circuits = new CircuitBreaker({ maxFailures });
  }

  isOpen(configuration: OAuthClientConfiguration): boolean {
    return this.#circuits.isOpen(clientAtEndpoint(configuration));
  }

  record(configuration: OAuthClientConfiguration, outcome: RevocationOutcome): void {
    const client = clientAtEndpoint(configuration);
    if (outcome === 'failed_transient') this.#circuits.recordFailure(client, outcome);
    else this.#circuits.recordSuccess(client);
  }
}

/**
 * Endpoints that have responded with `Retry-After`. Until that instant, no request is sent to them
 * for any token (RFC 7009 §2.2.1).
 */
export class PausedEndpoints {
  readonly #until = new Map<string, number>();

  /**
   * Returns the end of the pause, in milliseconds since the epoch. `undefined`: requests are
   * allowed.
   */
  pausedUntil(configuration: OAuthClientConfiguration, nowMs: number): number | undefined {
    const endpoint = endpointOf(configuration);
    const until = this.#until.get(endpoint);
    if (until === undefined || until > nowMs) return until;
    this.#until.delete(endpoint);
    return undefined;
  }

  /** Reads the pauses that other processes have stored with pending grants. */
  load(pending: readonly RevocableGrant[], nowMs: number): void {
    for (const { configuration, retry } of pending) {
      const untilMs = Date.parse(retry?.notBefore ?? '');
      if (untilMs > nowMs) this.note(configuration, untilMs);
    }
  }

  note(configuration: OAuthClientConfiguration, untilMs: number): void {
    this.#until.set(endpointOf(configuration), untilMs);
  }
}

function endpointOf(configuration: OAuthClientConfiguration): string {
  const { revocationEndpoint, tokenEndpoint } = dialectOf(configuration);
  return revocationEndpoint ?? tokenEndpoint;
}

/**
 * Key of a circuit. It contains the client, because an endpoint that refuses one client may accept
 * another.
 */
function clientAtEndpoint(configuration: OAuthClientConfiguration): string {
  return JSON.stringify([endpointOf(configuration), dialectOf(configuration).clientId]);
}
