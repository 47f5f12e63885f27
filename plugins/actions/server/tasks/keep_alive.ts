import { createHash } from 'node:crypto';
import type { Clock, Logger } from '@latchkey/core/server';
import type { Tokens } from '../oauth/tokens/index.ts';
import type { ConnectorReader, GrantClients } from '../types.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Grants younger than this are nowhere near any provider's limit. */
const SHORTEST_IDLE_MS = DAY_MS;

type Grant = Parameters<Tokens['store']['compareAndSet']>[0];

/** What keep-alive works with. */
export interface KeepAliveDeps {
  readonly tokens: Tokens;
  readonly connectors: ConnectorReader;
  readonly clients: GrantClients;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Refreshes grants that have been idle for about three quarters of what their provider tolerates. The exact moment differs per grant, so that grants made
 * together are not refreshed together. Resolves to how many were refreshed; one failure costs one grant.
 */
export async function keepGrantsAlive(deps: KeepAliveDeps, signal: AbortSignal): Promise<number> {
  const { tokens, clock, logger } = deps;
  const limitOf = rememberLimits(deps);
  let refreshed = 0;
  const selection = { issuedBefore: new Date(clock.now() - SHORTEST_IDLE_MS) };
  for await (const batch of tokens.store.walk(selection)) {
    for (const grant of batch) {
      if (signal.aborted) return refreshed;
      const { connectorId } = grant.key;
      try {
        if (await keepAlive(grant, limitOf, deps)) refreshed += 1;
      } catch (error) {
        // Whoever refreshes has told the operator already; the next run tries again.
        logger.debug(`An idle authorization of connector [${connectorId}] was not refreshed`, {
          error,
        });
      }
    }
  }
  return refreshed;
}

/** `false`: not due, or there is nothing that could be kept alive. */
async function keepAlive(
  { key, state, spaceId, issuedAt }: Grant,
  limitOf: LimitOf,
  { tokens, connectors, clock }: KeepAliveDeps,
): Promise<boolean> {
  if (key.scope !== 'per-user' || issuedAt === undefined) return false;
  if (state !== 'connected' && state !== 'refresh_failing') return false;
  const { connectorId, profileUid } = key;
  const limitMs = await limitOf(connectorId, spaceId);
  const idleMs = clock.now() - issuedAt.getTime();
  if (limitMs === undefined || idleMs < limitMs * shareOf(profileUid, connectorId)) return false;
  // Read anew for each refresh: an edit in the meantime decides where a token may go.
  const connector = await connectors.readDecrypted(connectorId, spaceId);
  if (connector === undefined) return false;
  await tokens.tokens.keepAlive({ connector, profileUid });
  return true;
}

/** Milliseconds of idleness that a connector's provider tolerates; `undefined`: any. */
type LimitOf = (connectorId: string, spaceId: string) => Promise<number | undefined>;

/** Thousands of grants share a connector; its limit is looked up once per run. */
function rememberLimits({ connectors, clients }: KeepAliveDeps): LimitOf {
  const known = new Map<string, Promise<number | undefined>>();
  const read: LimitOf = async (connectorId, spaceId) => {
    const connector = await connectors.readDecrypted(connectorId, spaceId);
    if (connector === undefined) return undefined;
    const { idleLimitDays } = clients.forConnector(connector);
    return idleLimitDays === undefined ? undefined : idleLimitDays * DAY_MS;
  };
  return (connectorId, spaceId) => {
    const name = JSON.stringify([spaceId, connectorId]);
    const limit = known.get(name) ?? read(connectorId, spaceId);
    known.set(name, limit);
    return limit;
  };
}

/** Between 0.70 and 0.85 of the limit, always the same for one grant. */
function shareOf(profileUid: string, connectorId: string): number {
  const hash = createHash('sha256').update(`${connectorId}:${profileUid}`).digest();
  return 0.7 + (0.15 * hash.readUInt16BE()) / 65_535;
}
