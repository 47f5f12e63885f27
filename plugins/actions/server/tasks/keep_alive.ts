import type { Clock, Logger } from '@latchkey/core/server';
import { keepAliveDate, type Tokens, TokenUnavailableError } from '../oauth/tokens/index.ts';
import type { ConnectorReader, ProviderClientFactory } from '../types.ts';

type Grant = Parameters<Tokens['store']['compareAndSet']>[0];
/** Dates of grants whose provider keeps idle ones move on by this. */
const LOOK_AGAIN_MS = 30 * 24 * 60 * 60_000;

type LivingGrant = Grant & {
  readonly key: Extract<Grant['key'], { readonly scope: 'per-user' }>;
  readonly issuedAt: Date;
};

/** What keep-alive works with. */
export interface KeepAliveDeps {
  readonly tokens: Tokens;
  readonly connectors: ConnectorReader;
  readonly clients: ProviderClientFactory;
  /** Whether a person exists and is not disabled. */
  readonly isActive: (profileUid: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Refreshes grants that have been idle for about three quarters of what their provider tolerates, one after the other, so that no provider sees more
 * than one call at a time. Only grants that are due are looked at. A provider that is down or asks for a pause gets one until the next run. Resolves to
 * how many were refreshed; one failure costs one grant.
 */
export async function keepGrantsAlive(deps: KeepAliveDeps, signal: AbortSignal): Promise<number> {
  const { tokens, clock, logger } = deps;
  const limitOf = rememberLimits(deps);
  /** Connectors whose provider asked for a pause. */
  const paused = new Set<string>();
  let refreshed = 0;
  const selection = { keepAliveBefore: new Date(clock.now()) };
  for await (const batch of tokens.store.walk(selection)) {
    for (const grant of batch) {
      if (signal.aborted) return refreshed;
      const { connectorId } = grant.key;
      if (paused.has(connectorId)) continue;
      try {
        if (await keepAlive(grant, limitOf, deps)) refreshed += 1;
      } catch (error) {
        if (asksForPause(error)) paused.add(connectorId);
        // Whoever refreshes has told the operator already; the next run tries again.
        logger.debug(`An idle authorization of connector [${connectorId}] was not refreshed`, {
          error,
        });
      }
    }
  }
  return refreshed;
}

/** `false`: not due by what its provider tolerates now, or there is nothing that could be kept alive. */
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
    // A lost race is a refresh or an end, and both say when to look again.
    await tokens.store.compareAndSet(grant, { keepAliveAt: later(dueAt, clock) });
    return false;
  }
  // The grant of somebody who is gone is about to be ended.
  if (!(await isActive(profileUid))) return false;
  // Read anew for each refresh: an edit in the meantime decides where a token may go.
  const connector = await connectors.readDecrypted(connectorId, spaceId);
  if (connector === undefined) return false;
  await tokens.tokens.keepAlive({ connector, profileUid });
  return true;
}

function isAlive(grant: Grant): grant is LivingGrant {
  const { key, state, issuedAt } = grant;
  return (
    key.scope === 'per-user' &&
    issuedAt !== undefined &&
    (state === 'connected' || state === 'refresh_failing')
  );
}

/** Providers without a limit: counted from now once the date has passed, or the same grants would be looked at in every run. */
function later(date: Date, clock: Clock): Date {
  const again = clock.now() + LOOK_AGAIN_MS;
  return date.getTime() > clock.now() ? date : new Date(again);
}

/** Down, overloaded, or refusing us for a while: the other grants of this connector would meet the same. */
function asksForPause(error: unknown): boolean {
  return (
    error instanceof TokenUnavailableError &&
    (error.code === 'rate_limited' || error.code === 'provider_unavailable')
  );
}

/** Days of idleness that a connector's provider tolerates; `undefined`: any. */
type LimitOf = (connectorId: string, spaceId: string) => Promise<number | undefined>;

/** Thousands of grants share a connector; its limit is looked up once per run. */
function rememberLimits({ connectors, clients }: KeepAliveDeps): LimitOf {
  const known = new Map<string, Promise<number | undefined>>();
  const read: LimitOf = async (connectorId, spaceId) => {
    const connector = await connectors.readDecrypted(connectorId, spaceId);
    return connector === undefined ? undefined : clients.forConnector(connector).idleLimitDays;
  };
  return (connectorId, spaceId) => {
    const name = JSON.stringify([spaceId, connectorId]);
    const limit = known.get(name) ?? read(connectorId, spaceId);
    known.set(name, limit);
    return limit;
  };
}
