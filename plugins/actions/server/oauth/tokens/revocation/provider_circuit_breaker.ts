import {
  dialectOf,
  type OAuthClientConfiguration,
  type RevocationOutcome,
} from '@latchkey/oauth-client';
import { CircuitBreaker } from '../../limits/index.ts';
import type { RevocableGrant } from './revocation_type.ts';

/** Failures in a row after which a client gets no more requests in this run. */
const MAX_FAILURES = 5;

/**
 * Stops requests of clients whose revocations fail, within one run of the outbox. Thousands of
 * entries may wait for a provider that is down: a request for each of them would only waste time on
 * both sides.
 */
export class ProviderCircuitBreaker {
  readonly #circuits: CircuitBreaker;

  /** @param maxFailures failures in a row after which the circuit opens */
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
 * Endpoints that responded with `Retry-After`. RFC 7009 §2.2.1: no request before that time, for
 * any token.
 */
export class PausedEndpoints {
  readonly #until = new Map<string, number>();

  /** End of the pause in milliseconds since the epoch. `undefined`: requests are allowed. */
  pausedUntil(configuration: OAuthClientConfiguration, nowMs: number): number | undefined {
    const endpoint = endpointOf(configuration);
    const until = this.#until.get(endpoint);
    if (until === undefined || until > nowMs) return until;
    this.#until.delete(endpoint);
    return undefined;
  }

  /** Adopts the pauses that other processes stored with their grants. */
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
 * The key includes the client: the endpoint may accept another client although it refuses this one.
 */
function clientAtEndpoint(configuration: OAuthClientConfiguration): string {
  return JSON.stringify([endpointOf(configuration), dialectOf(configuration).clientId]);
}
