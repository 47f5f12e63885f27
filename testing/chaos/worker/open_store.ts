import type { Clock, Logger } from '@latchkey/core/server';
import type { DocumentStore } from '@latchkey/saved-objects';
import { createElasticsearchStore } from '@latchkey/saved-objects/elasticsearch';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import type { StoreLocation } from './protocol.ts';

/** A tenth of the production value, as is the lease. */
const REQUEST_TIMEOUT_MS = 3_000;
const PING_TIMEOUT_MS = 1_000;

/** Opens the real store of one worker. */
export function openStore(
  location: StoreLocation,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): DocumentStore {
  if (location.kind === 'sqlite') return createSqliteStore({ path: location.path });
  const { hosts, indexPrefix } = location;
  return createElasticsearchStore({
    hosts,
    indexPrefix,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    pingTimeoutMs: PING_TIMEOUT_MS,
    logger,
    now: () => clock.now(),
  });
}
