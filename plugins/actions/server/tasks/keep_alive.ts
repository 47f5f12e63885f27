import type { Clock, Logger } from '@latchkey/core/server';
import { type ConnectorReader, requireReadable } from '../connector_data/index.ts';
import { CircuitBreaker } from '../oauth/limits/index.ts';
import type { ProviderClientFactory } from '../oauth/strategies/index.ts';
import { keepAliveDate, type Tokens, TokenUnavailableError } from '../oauth/tokens/index.ts';

type Grant = Parameters<Tokens['store']['compareAndSet']>[0];
/** Interval between checks of a grant without an idle limit, in milliseconds. */
const RECHECK_MS = 30 * 24 * 60 * 60_000;

type ActiveGrant = Grant & {
  readonly key: Extract<Grant['key'], { readonly scope: 'per-user' }>;
  readonly issuedAt: Date;
};

/** Dependencies of {@link KeepAliveRun}. */
export interface KeepAliveDeps {
  readonly tokens: Tokens;
  readonly connectors: ConnectorReader;
  readonly clients: ProviderClientFactory;
  /** Resolves to `true` if a user exists and is enabled. */
  readonly isActive: (profileUid: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * One run of the keep-alive task. Refreshes grants that were idle for about three quarters of their
 * provider's idle limit, one after the other, so that a provider gets one request at a time. Reads
 * only grants that are due. After a provider has failed or requested a pause, its other grants wait
 * for the next run. A failure of one grant does not affect others.
 */
export class KeepAliveRun {
  readonly #deps: KeepAliveDeps;
  /**
   * Circuits by connector. The first failure of the provider opens the circuit for the rest of the
   * run.
   */
  readonly #circuits = new CircuitBreaker();
  /** Idle limits by connector, so that each connector is read once for its thousands of grants. */
  readonly #limits = new Map<string, Promise<number | undefined>>();

  constructor(deps: KeepAliveDeps) {
    this.#deps = deps;
  }

  /** Executes the run. Must be called only once. @returns number of refreshed grants */
  async run(signal: AbortSignal): Promise<number> {
    const { tokens, clock, logger } = this.#deps;
    let refreshed = 0;
    const selection = { keepAliveBefore: new Date(clock.now()) };
    for await (const batch of tokens.store.iterate(selection)) {
      for (const grant of batch) {
        if (signal.aborted) return refreshed;
        const { connectorId } = grant.key;
        if (this.#circuits.isOpen(connectorId)) continue;
        try {
          if (await this.#keepAlive(grant)) refreshed += 1;
        } catch (error) {
          if (isProviderUnavailable(error)) this.#circuits.recordFailure(connectorId, error.code);
          // The token service has already logged the failure as a warning. The next run tries
          // again.
          logger.debug(
            `An idle authorization of connector [${connectorId}] could not be refreshed`,
            {
              error,
            },
          );
        }
      }
    }
    return refreshed;
  }

  /**
   * Refreshes a grant if it is due. Returns `false` if the grant is not due by the current idle
   * limit of its provider, or must not be refreshed.
   */
  async #keepAlive(grant: Grant): Promise<boolean> {
    const { tokens, connectors, isActive, clock } = this.#deps;
    if (!isAlive(grant)) {
      await tokens.store.compareAndSet(grant, { keepAliveAt: undefined });
      return false;
    }
    const { key, spaceId, issuedAt } = grant;
    const { connectorId, profileUid } = key;
    const limitDays = await this.#limitOf(connectorId, spaceId);
    const dueAt = keepAliveDate(key, issuedAt, limitDays);
    if (limitDays === undefined || dueAt.getTime() > clock.now()) {
      // A conflict means that the grant was refreshed or ended meanwhile, which has set a new date.
      await tokens.store.compareAndSet(grant, { keepAliveAt: retryLater(dueAt, clock) });
      return false;
    }
    // Another task ends the grants of removed users.
    if (!(await isActive(profileUid))) return false;
    // Read before each refresh, because an edit may have changed where tokens are sent.
    const connector = requireReadable(await connectors.find(connectorId, spaceId));
    if (connector === undefined) return false;
    await tokens.tokens.keepAlive({ connector, profileUid });
    return true;
  }

  /**
   * Returns the idle limit of a connector's provider, in days. `undefined`: the provider has none.
   */
  #limitOf(connectorId: string, spaceId: string): Promise<number | undefined> {
    const name = JSON.stringify([spaceId, connectorId]);
    const limit = this.#limits.get(name) ?? this.#readLimit(connectorId, spaceId);
    this.#limits.set(name, limit);
    return limit;
  }

  async #readLimit(connectorId: string, spaceId: string): Promise<number | undefined> {
    const { connectors, clients } = this.#deps;
    const connector = requireReadable(await connectors.find(connectorId, spaceId));
    return connector === undefined ? undefined : clients.forConnector(connector).idleLimitDays;
  }
}

function isAlive(grant: Grant): grant is ActiveGrant {
  const { key, state, issuedAt } = grant;
  return (
    key.scope === 'per-user' &&
    issuedAt !== undefined &&
    (state === 'connected' || state === 'refresh_failing')
  );
}

/**
 * Returns the date of the next check. For a provider without an idle limit, counts from now, so
 * that the grant is not read in every run.
 */
function retryLater(date: Date, clock: Clock): Date {
  const again = clock.now() + RECHECK_MS;
  return date.getTime() > clock.now() ? date : new Date(again);
}

/**
 * Returns `true` if the provider is unavailable or refuses requests, so that other grants of the
 * connector would fail too.
 */
function isProviderUnavailable(error: unknown): error is TokenUnavailableError {
  return (
    error instanceof TokenUnavailableError &&
    (error.code === 'rate_limited' || error.code === 'provider_unavailable')
  );
}
