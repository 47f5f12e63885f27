import { createHash } from 'node:crypto';
import type { Clock, Logger } from '@latchkey/core/server';
import type { Tokens } from '../oauth/tokens/index.ts';
import type { ConnectorReader, GrantClients } from '../types.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Grants younger than this are nowhere near any provider's limit. */
const SHORTEST_IDLE_MS = DAY_MS;

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
  const { tokens, connectors, clients, clock, logger } = deps;
  let refreshed = 0;
  for await (const batch of tokens.store.walk({
    issuedBefore: new Date(clock.now() - SHORTEST_IDLE_MS),
  })) {
    for (const record of batch) {
      if (signal.aborted) return refreshed;
      const { key } = record;
      if (key.scope !== 'per-user' || record.issuedAt === undefined) continue;
      if (record.state !== 'connected' && record.state !== 'refresh_failing') continue;
      try {
        const connector = await connectors.readDecrypted(key.connectorId, record.spaceId);
        if (connector === undefined) continue;
        const { idleLimitDays } = clients.forConnector(connector);
        const idleMs = clock.now() - record.issuedAt.getTime();
        if (
          idleLimitDays === undefined ||
          idleMs < idleLimitDays * DAY_MS * shareOf(key.profileUid, key.connectorId)
        )
          continue;
        await tokens.tokens.keepAlive({ connector, profileUid: key.profileUid, signal });
        refreshed += 1;
      } catch (error) {
        logger.debug(
          `An idle authorization of connector [${key.connectorId}] could not be refreshed`,
          { error },
        );
      }
    }
  }
  return refreshed;
}

/** Between 0.70 and 0.85 of the limit, always the same for one grant. */
function shareOf(profileUid: string, connectorId: string): number {
  const hash = createHash('sha256').update(`${connectorId}:${profileUid}`).digest();
  return 0.7 + (0.15 * hash.readUInt16BE()) / 65_535;
}
