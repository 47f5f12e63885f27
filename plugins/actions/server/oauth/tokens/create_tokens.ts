import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import {
  LeaseMonitor,
  type ProcessLivenessProbe,
  processLivenessProbe,
} from '@latchkey/saved-objects/coordination';
import type { ConnectorReader } from '../../connector_data/index.ts';
import type { ProviderClientFactory } from '../strategies/index.ts';
import { AccountChangeService } from './account_change_service.ts';
import { Connections } from './connections/connections.ts';
import { GrantService } from './grant_service.ts';
import type { GrantEvents } from './grants/grant_events.ts';
import { type GrantStateListener, GrantStore } from './grants/grant_store.ts';
import { ConnectorHealth } from './refresh/connector_health.ts';
import { GrantRefresher } from './refresh/grant_refresher.ts';
import {
  DEFAULT_REFRESH_TIMINGS,
  type RefreshDeps,
  type RefreshTimings,
} from './refresh/refresh_request.ts';
import { ClientResolver, type FormerClientReader } from './revocation/client_resolver.ts';
import { FormerClients } from './revocation/former_clients.ts';
import { GrantRevoker } from './revocation/grant_revoker.ts';
import { OrphanedTokenRevoker } from './revocation/orphaned_tokens.ts';
import { RevocationOutbox } from './revocation/revocation_outbox.ts';
import { SiteService } from './site_service.ts';
import { TokenService } from './token_service.ts';
import { UncheckedGrants } from './unchecked_grants.ts';

/** All services of this capability. They use the same store. */
export interface Tokens {
  readonly tokens: TokenService;
  readonly grants: GrantService;
  /** Holds grants of other accounts until their users decide. */
  readonly accountChanges: AccountChangeService;
  /** The sites that grants of users cover. */
  readonly sites: SiteService;
  readonly connections: Connections;
  /** Grants that were not checked since they were stored. */
  readonly uncheckedGrants: UncheckedGrants;
  readonly outbox: RevocationOutbox;
  readonly grantRevoker: GrantRevoker;
  readonly clientResolver: ClientResolver;
  readonly health: ConnectorHealth;
  readonly refresher: GrantRefresher;
  readonly store: GrantStore;
  /**
   * Waits until running refreshes are saved, and then until running revocations have ended, at most
   * `timeoutMs` for each.
   */
  stop(timeoutMs: number): Promise<void>;
}

/** Creates the services. `timings` and `checkpoint` are for tests and chaos runs. */
export function createTokens(deps: {
  /**
   * Repository with access to the hidden types of tokens, outbox, OAuth problems and revocation
   * jobs.
   */
  readonly repository: SavedObjectsRepository;
  readonly clients: ProviderClientFactory;
  readonly connectors: ConnectorReader;
  readonly events: GrantEvents;
  readonly onStateChange?: GrantStateListener;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly instanceId: string;
  readonly logger: Logger;
  /** Reads the former clients of connectors. Default: reads those that `repository` stores. */
  readonly formerClients?: FormerClientReader;
  /**
   * Tells whether processes that hold leases exist. Default: checks the processes of this machine.
   */
  readonly livenessProbe?: ProcessLivenessProbe;
  readonly timings?: Partial<RefreshTimings>;
  readonly checkpoint?: RefreshDeps['checkpoint'];
}): Tokens {
  const { repository, clients, connectors, events, clock, randomness, instanceId, logger } = deps;
  const timings = { ...DEFAULT_REFRESH_TIMINGS, ...deps.timings };
  const livenessProbe = deps.livenessProbe ?? processLivenessProbe();
  const store = new GrantStore(repository, () => new Date(clock.now()), deps.onStateChange);
  const health = new ConnectorHealth(repository, clock);
  const { formerClients = new FormerClients(repository) } = deps;
  const clientResolver = new ClientResolver(connectors, clients, formerClients);
  const outbox = new RevocationOutbox({
    repository,
    store,
    clients,
    clientResolver,
    events,
    clock,
    logger,
  });
  const grantRevoker = new GrantRevoker({
    store,
    outbox,
    clientResolver,
    events,
    clock,
    logger,
  });
  const { saveMs } = timings;
  const orphanedTokens = new OrphanedTokenRevoker({
    store,
    outbox,
    clock,
    logger,
    saveMs,
  });
  const refresher = new GrantRefresher({
    store,
    connectors,
    leaseMonitor: new LeaseMonitor({
      clock,
      instanceId,
      probe: livenessProbe,
      afterGap: 'start_over',
    }),
    health,
    events,
    clock,
    randomness,
    timings,
    orphanedTokens,
    checkpoint: deps.checkpoint,
  });
  const connections = new Connections({
    store,
    revocations: outbox,
    health,
    connectors,
    clients,
    clock,
  });
  const accountChanges = new AccountChangeService({
    store,
    grantRevoker,
    clientResolver,
    outbox,
    events,
    clock,
  });
  const sites = new SiteService({ store, grantRevoker, events, clock });
  const grants = new GrantService({
    store,
    outbox,
    grantRevoker,
    clientResolver,
    clients,
    orphanedTokens,
    accountChanges,
    events,
    clock,
    randomness,
  });
  return {
    tokens: new TokenService({ store, refresher, clients, clock }),
    grants,
    accountChanges,
    sites,
    connections,
    uncheckedGrants: new UncheckedGrants({ store, grantRevoker, clock }),
    outbox,
    grantRevoker,
    clientResolver,
    health,
    refresher,
    store,
    stop: async (timeoutMs) => {
      await Promise.all([refresher.drain(timeoutMs), outbox.drain(timeoutMs)]);
    },
  };
}
