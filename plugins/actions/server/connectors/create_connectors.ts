import type { Clock, Logger, Randomness } from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { AccessControl } from '../audit/index.ts';
import type { ActionsConfig } from '../config.ts';
import type { TypeRegistry } from '../connector_types/index.ts';
import { FlowError, RateLimiter, type StateStore } from '../oauth/flow/index.ts';
import type { ConnectorRevocation, SpaceJobs } from '../oauth/mass_revocation/index.ts';
import { endpointRefusals, type ProviderClientFactory } from '../oauth/strategies/index.ts';
import type { Tokens } from '../oauth/tokens/index.ts';
import { ConnectorChecks } from './connector_checks.ts';
import { ConnectorService } from './connector_service.ts';
import type { ConnectorStore } from './connector_store.ts';
import { ConnectorWarnings } from './connector_warnings.ts';
import { HIDDEN_IDS_LIMIT, HiddenIds } from './hidden_ids.ts';
import { createIssuerDiscovery } from './issuer_discovery.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';
import { SpaceData } from './space_data.ts';
import { VisibleConnectors } from './visible_connectors.ts';

/** The services of connectors. All use the same store. */
export interface Connectors {
  readonly connectors: ConnectorService;
  readonly visibleConnectors: VisibleConnectors;
  readonly checks: ConnectorChecks;
  readonly warnings: ConnectorWarnings;
  readonly spaceData: SpaceData;
}

/**
 * Creates the services of connectors from their stored data, grants and authorizations.
 * @param deps.repository must have access to the hidden type of rate limits
 * @param deps.isSpaceOpen reads from the store whether a space is open, as described at
 * `SpacesStart`
 */
export function createConnectors(deps: {
  readonly repository: SavedObjectsRepository;
  readonly store: ConnectorStore;
  readonly preconfigured: PreconfiguredConnectors;
  readonly types: TypeRegistry;
  readonly clients: ProviderClientFactory;
  readonly tokens: Tokens;
  readonly states: StateStore;
  readonly connectorRevocation: ConnectorRevocation;
  readonly spaceJobs: SpaceJobs;
  readonly access: AccessControl;
  readonly isSpaceOpen: (spaceId: string) => Promise<boolean>;
  readonly egress: Egress;
  readonly settings: ActionsConfig['auth']['oauth_authorization_code'];
  readonly maxConnectorsPerSpace: number;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}): Connectors {
  const { store, preconfigured, types, clients, tokens, access, settings, clock, logger } = deps;
  const { grants, health, outbox } = tokens;
  const findConnectorType = (id: string) => types.findSpec(id);
  const trustedRevocationOrigins = new Set(settings.trustedRevocationOrigins);
  const checks = new ConnectorChecks({
    store,
    preconfigured,
    types,
    grants,
    discoverIssuer: createIssuerDiscovery({
      egress: deps.egress,
      findConnectorType,
      now: () => new Date(clock.now()),
    }),
    endpointRefusals: (connector) =>
      endpointRefusals(connector, findConnectorType(connector.connectorTypeId), {
        trustedRevocationOrigins,
      }),
  });
  const warnings = new ConnectorWarnings(clients, grants, {
    sharedCallbackOrigins:
      settings.redirectUri === 'shared' ? new Set(settings.sharedRedirectUriOrigins) : undefined,
    findConnectorType,
  });
  const connectors = new ConnectorService({
    store,
    preconfigured,
    checks,
    grants,
    revocationJobs: deps.connectorRevocation,
    clients,
    warnings,
    problems: health,
    retryRevocations: (id) => {
      outbox.inBackground((signal) => outbox.retryConnector(id, signal));
    },
    access,
    hiddenIds: createHiddenIds(deps.repository, clock),
    isSpaceOpen: deps.isSpaceOpen,
    maxPerSpace: deps.maxConnectorsPerSpace,
    logger,
    randomness: deps.randomness,
  });
  const visibleConnectors = new VisibleConnectors({
    store,
    preconfigured,
    warnings,
    problems: health,
    access,
  });
  const spaceData = new SpaceData({
    store,
    connectors,
    jobs: deps.spaceJobs,
    grants: tokens.store,
    states: deps.states,
    clock,
    logger,
  });
  return { connectors, visibleConnectors, checks, warnings, spaceData };
}

function createHiddenIds(repository: SavedObjectsRepository, clock: Clock): HiddenIds {
  const limiter = new RateLimiter(repository, { hidden_id: HIDDEN_IDS_LIMIT }, () => clock.now());
  return new HiddenIds(
    {
      hit: (profileUid) => limiter.hit('hidden_id', profileUid),
      undo: (profileUid) => limiter.undo('hidden_id', profileUid),
    },
    (error) => error instanceof FlowError && error.code === 'rate_limited',
  );
}
