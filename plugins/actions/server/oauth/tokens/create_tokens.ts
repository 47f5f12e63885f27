import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { ConnectorReader, GrantClients } from '../../types.ts';
import { AccountChanges } from './account_changes.ts';
import { Connections } from './connections/connections.ts';
import { StoredGrantService } from './grant_service.ts';
import type { GrantEvents } from './grants/grant_events.ts';
import { GrantStore } from './grants/grant_store.ts';
import { ConnectorProblems } from './refresh/connector_problems.ts';
import { GrantRefresher } from './refresh/grant_refresher.ts';
import { createProcessWatch, type ProcessWatch } from './refresh/process_watch.ts';
import { LeaseJudge } from './refresh/refresh_lease.ts';
import {
  DEFAULT_REFRESH_TIMINGS,
  type RefreshDeps,
  type RefreshTimings,
} from './refresh/refresh_request.ts';
import { BackgroundRevocations } from './revocation/background_revocations.ts';
import { type EndingLinks, NO_ENDINGS } from './revocation/ending_links.ts';
import { GrantEnder } from './revocation/grant_ender.ts';
import { RevocationOutbox } from './revocation/revocation_outbox.ts';
import { type RevokeLateDeps, revokeLate } from './revocation/revoke_late.ts';
import { StoredTokenService } from './token_service.ts';

/** Everything this capability offers, over one store. */
export interface Tokens {
  readonly tokens: StoredTokenService;
  readonly grants: StoredGrantService;
  /** Changes of account that wait for their owners. */
  readonly accountChanges: AccountChanges;
  readonly connections: Connections;
  readonly background: BackgroundRevocations;
  readonly outbox: RevocationOutbox;
  readonly ender: GrantEnder;
  readonly problems: ConnectorProblems;
  readonly refresher: GrantRefresher;
  readonly store: GrantStore;
  /** Lets running refreshes be saved, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

/** Puts the capability together. `timings` and `checkpoint` are for tests and the chaos harness. */
export function createTokens(deps: {
  /** Must reach the hidden token, outbox and problem types. */
  readonly repository: SavedObjectsRepository;
  readonly clients: GrantClients;
  readonly connectors: ConnectorReader;
  readonly events: GrantEvents;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly instanceId: string;
  readonly logger: Logger;
  /** The runs that end many grants; default: there are none. */
  readonly endings?: EndingLinks;
  /** Default: the processes of this machine. */
  readonly processes?: ProcessWatch;
  readonly timings?: Partial<RefreshTimings>;
  readonly checkpoint?: RefreshDeps['checkpoint'];
}): Tokens {
  const { repository, clients, connectors, events, clock, randomness, instanceId, logger } = deps;
  const timings = { ...DEFAULT_REFRESH_TIMINGS, ...deps.timings };
  const processes = deps.processes ?? createProcessWatch();
  const store = new GrantStore(repository, () => new Date(clock.now()));
  const problems = new ConnectorProblems(repository, clock);
  const { endings = NO_ENDINGS } = deps;
  const outbox = new RevocationOutbox({
    repository,
    store,
    clients,
    revokerOf: (grant) => ender.revokerOf(grant),
    presentClient: (of) => ender.presentClient(of),
    events,
    endings,
    clock,
  });
  const ender: GrantEnder = new GrantEnder({
    store,
    outbox,
    clients,
    connectors,
    endings,
    events,
    clock,
    logger,
  });
  const background = new BackgroundRevocations({ clock, logger });
  const late: RevokeLateDeps = {
    store,
    outbox,
    background,
    clock,
    logger,
    saveMs: timings.saveMs,
  };
  const refresher = new GrantRefresher({
    store,
    judge: new LeaseJudge(instanceId, clock, timings.leaseTtlMs, processes),
    problems,
    events,
    clock,
    randomness,
    instanceId,
    processes,
    timings,
    revokeLate: (request, tokens) => revokeLate(late, request, tokens),
    checkpoint: deps.checkpoint,
  });
  const connections = new Connections({ store, revocations: outbox, connectors, clients, clock });
  const accountChanges = new AccountChanges({ store, outbox, ender, background, events, clock });
  const grants = new StoredGrantService({
    store,
    outbox,
    ender,
    clients,
    background,
    revokeLate: (...request) => revokeLate(late, ...request),
    accountChanges,
    events,
    clock,
    randomness,
    logger,
  });
  return {
    tokens: new StoredTokenService({ store, refresher, clients, clock }),
    grants,
    accountChanges,
    connections,
    background,
    outbox,
    ender,
    problems,
    refresher,
    store,
    stop: async (timeoutMs) => {
      await Promise.all([refresher.drain(timeoutMs), background.drain(timeoutMs)]);
    },
  };
}
