import type { Clock, Logger } from '@latchkey/core/server';
import { type ConnectorReader, requireReadable } from '../connector_data/index.ts';
import { CircuitBreaker } from '../oauth/limits/index.ts';
import type { ProviderClientFactory } from '../oauth/strategies/index.ts';
import { keepAliveDate, type Tokens, TokenUnavailableError } from '../oauth/tokens/index.ts';

type Grant = Parameters<Tokens['store']['compareAndSet']>[0];
/** Interval after which a grant without idle limit is checked again. */
const RECHECK_MS = 30 * 24 * 60 * 60_000;

type ActiveGrant = Grant & {
  readonly key: Extract<Grant['key'], { readonly scope: 'per-user' }>;
  readonly issuedAt: Date;
};

/** Dependencies of {@link keepGrantsAlive}. */
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
 * Refreshes grants that were idle for about three quarters of their provider's limit. Refreshes one
 * after the other, so that a provider gets one call at a time. Reads only grants that are due.
 * After a provider failed or asked for a pause, its other grants wait for the next run. Resolves to
 * the number of refreshed grants. A failure affects one grant only.
 */
export async function keepGrantsAlive(deps: KeepAliveDeps, signal: AbortSignal): Promise<number> {
  const { tokens, clock, logger } = deps;
  const limitOf = cacheLimits(deps);
  // One failure of a provider ends this run for its connector.
  const circuits = new CircuitBreaker();
  let refreshed = 0;
  const selection = { keepAliveBefore: new Date(clock.now()) };
  for await (const batch of tokens.store.iterate(selection)) {
    for (const grant of batch) {
      if (signal.aborted) return refreshed;
      const { connectorId } = grant.key;
      if (circuits.isOpen(connectorId)) continue;
      try {
        if (await keepAlive(grant, limitOf, deps)) refreshed += 1;
      } catch (error) {
        if (isProviderUnavailable(error)) circuits.recordFailure(connectorId, error.code);
        // The token service has logged the failure for the operator. The next run tries again.
        logger.debug(`An idle authorization of connector [${connectorId}] was not refreshed`, {
          error,
        });
      }
    }
  }
  return refreshed;
}

/**
 * Refreshes one grant if it is due. Returns `false` if it is not due by the current limit of its
 * provider, or cannot be kept alive.
 */
async function keepAlive(
  grant: Grant,
  limitOf: LimitOf,
  { tokens, connectors, isActive, clock }: KeepAliveDeps,
): Promise<boolean> {
  if (!isAlive(grant)) {
    await tokens.store.compareAndSet(grant, { keepAliveAt: undefined });
    return false;
  }
  const { key, spaceId, issuedAt } = grant;
  const { connectorId, profileUid } = key;
  const limitDays = await limitOf(connectorId, spaceId);
  const dueAt = keepAliveDate(key, issuedAt, limitDays);
  if (limitDays === undefined || dueAt.getTime() > clock.now()) {
    // A conflict means that the grant was refreshed or ended, and both set a new date.
    await tokens.store.compareAndSet(grant, { keepAliveAt: retryLater(dueAt, clock) });
    return false;
  }
  // The grant of a removed user will be ended by another task.
  if (!(await isActive(profileUid))) return false;
  // Read before each refresh: an edit in the meantime may change where tokens are sent.
  const connector = requireReadable(await connectors.find(connectorId, spaceId));
  if (connector === undefined) return false;
  await tokens.tokens.keepAlive({ connector, profileUid });
  return true;
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
 * For providers without a limit: sets the next date from now, so that the grant is not read in
 * every run.
 */
function retryLater(date: Date, clock: Clock): Date {
  const again = clock.now() + RECHECK_MS;
  return date.getTime() > clock.now() ? date : new Date(again);
}

/**
 * The provider is down, overloaded or refuses requests. Other grants of this connector would fail
 * too.
 */
function isProviderUnavailable(error: unknown): error is TokenUnavailableError {
  return (
    error instanceof TokenUnavailableError &&
    (error.code === 'rate_limited' || error.code === 'provider_unavailable')
  );
}

/** Days of idleness that a connector's provider allows. `undefined`: any number. */
type LimitOf = (connectorId: string, spaceId: string) => Promise<number | undefined>;

/**
 * Caches the limit of each connector for one run, because thousands of grants share a connector.
 */
function cacheLimits({ connectors, clients }: KeepAliveDeps): LimitOf {
  const known = new Map<string, Promise<number | undefined>>();
  const read: LimitOf = async (connectorId, spaceId) => {
    const connector = requireReadable(await connectors.find(connectorId, spaceId));
    return connector === undefined ? undefined : clients.forConnector(connector).idleLimitDays;
  };
  return (connectorId, spaceId) => {
    const name = JSON.stringify([spaceId, connectorId]);
    const limit = known.get(name) ?? read(connectorId, spaceId);
    known.set(name, limit);
    return limit;
  };
}
