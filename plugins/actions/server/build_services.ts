import type {
  Clock,
  CoreStart,
  PluginInitializerContext,
  Randomness,
  UrlBuilder,
} from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import type { SavedObjectsRepository } from '@latchkey/saved-objects';
import type { ActionsMetrics } from './actions_metrics.ts';
import { AccessControl, executeAccess } from './audit/index.ts';
import type { ActionsConfig } from './config.ts';
import type { ConnectorReader } from './connector_data/index.ts';
import { type ConnectorForms, createConnectorForms } from './connector_form/index.ts';
import type { FormSettings, TypeRegistry } from './connector_types/index.ts';
import {
  type ConnectorService,
  ConnectorStore,
  connectorsInOpenSpaces,
  createConnectors,
  PreconfiguredConnectors,
  personalConnectors,
  type SpaceData,
  type VisibleConnectors,
} from './connectors/index.ts';
import { ConnectionChanges, createContract } from './contract/index.ts';
import { Executor } from './execution/index.ts';
import { AccountDecisions } from './oauth/account_change/index.ts';
import { ConfirmationContentReader } from './oauth/confirmation/index.ts';
import { type Authorization, createAuthorization } from './oauth/flow/index.ts';
import {
  type ConnectorRevocation,
  createMassRevocation,
  type MassRevocationService,
  RevocationJobAudit,
} from './oauth/mass_revocation/index.ts';
import { Pages } from './oauth/pages/index.ts';
import { scopeLabels } from './oauth/scopes/index.ts';
import { createProviderClients, type ProviderClientFactory } from './oauth/strategies/index.ts';
import {
  createGrantEvents,
  createTokens,
  type GrantEvents,
  type Tokens,
} from './oauth/tokens/index.ts';
import { OverviewReader } from './overview/index.ts';
import { HIDDEN_TYPES } from './register_saved_objects.ts';
import { createTaskServices, revocationJobScheduler, type TaskServices } from './tasks/index.ts';
import type { ActionsStart, ActionsStartDeps } from './types.ts';

/** All services of the running plugin. Each route and each task declares which of them it uses. */
export interface ActionsServices {
  /** Contract for other plugins. */
  readonly contract: ActionsStart;
  readonly types: TypeRegistry;
  readonly formSettings: FormSettings;
  readonly forms: ConnectorForms;
  readonly connectors: ConnectorService;
  readonly visibleConnectors: VisibleConnectors;
  readonly connectorReader: ConnectorReader;
  readonly personalConnectors: (spaceId: string) => Promise<ReadonlyMap<string, string>>;
  readonly executor: Executor;
  readonly flow: Authorization['flow'];
  readonly attempts: Authorization['attempts'];
  readonly ownAuthorizations: Authorization['ownAuthorizations'];
  readonly overview: OverviewReader;
  readonly confirmationContent: ConfirmationContentReader;
  readonly accountDecisions: AccountDecisions;
  readonly authorizable: Authorization['authorizable'];
  readonly sites: Tokens['sites'];
  readonly clients: ProviderClientFactory;
  readonly tokens: Tokens;
  readonly grants: Tokens['grants'];
  readonly grantRevoker: Tokens['grantRevoker'];
  readonly connections: Tokens['connections'];
  readonly revocationJobs: MassRevocationService;
  readonly connectorRevocation: ConnectorRevocation;
  readonly revocationJobAudit: RevocationJobAudit;
  readonly access: AccessControl;
  readonly users: ActionsStartDeps['security'];
  readonly pages: Pages;
  readonly urls: UrlBuilder;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly tasks: TaskServices;
  readonly spaceData: SpaceData;
}

/** Parts that the fixture of integration tests replaces. The product replaces none. */
export interface ServiceReplacements {
  /** Wraps or replaces the factory of provider clients. */
  readonly clients?: (product: ProviderClientFactory) => ProviderClientFactory;
  /**
   * Wraps or replaces the reader from which the executor, flows, tokens and revocation jobs get
   * connectors.
   */
  readonly connectorReader?: (product: ConnectorReader) => ConnectorReader;
  /** Receives the events of grants instead of the audit log. */
  readonly events?: GrantEvents;
  readonly tokens?: Pick<
    TokenOptions,
    'checkpoint' | 'formerClients' | 'livenessProbe' | 'timings'
  >;
  readonly massRevocation?: Partial<
    Pick<MassRevocationOptions, 'checkpoint' | 'hasAccess' | 'onFinished' | 'schedule'>
  >;
}

type TokenOptions = Partial<Parameters<typeof createTokens>[0]>;
type MassRevocationOptions = Parameters<typeof createMassRevocation>[0];

interface BuildDeps {
  readonly context: Pick<
    PluginInitializerContext<ActionsConfig>,
    'clock' | 'config' | 'env' | 'logger' | 'randomness'
  >;
  readonly core: Pick<CoreStart, 'http'> & {
    readonly savedObjects: Pick<CoreStart['savedObjects'], 'createRepository'>;
  };
  readonly plugins: ActionsStartDeps;
  readonly egress: Egress;
  readonly types: TypeRegistry;
  readonly metrics: ActionsMetrics;
  readonly replace?: ServiceReplacements;
}

/** Connectors as they are stored, and who may use them. Services of every capability use these. */
interface Stored {
  readonly repository: SavedObjectsRepository;
  readonly access: AccessControl;
  readonly preconfigured: PreconfiguredConnectors;
  readonly store: ConnectorStore;
  readonly connectorReader: ConnectorReader;
  /** Like `connectorReader`, without the connectors of spaces that are being deleted. */
  readonly openConnectors: ConnectorReader;
}

/**
 * Creates all services, each after the services that it needs: stored connectors, grants,
 * authorizations, connectors, executions. Only this function knows all capabilities.
 */
export function buildServices(deps: BuildDeps): ActionsServices {
  const { context, core, plugins, types } = deps;
  const { clock, config, logger, randomness, env } = context;
  const { security } = plugins;
  const stored = buildStored(deps);
  const { repository, access, connectorReader } = stored;
  const grants = buildGrants(deps, repository, connectorReader);
  const { clients, tokens, changes, revocationJobs } = grants;
  const { connections, accountChanges } = tokens;
  const authorization = buildAuthorization(deps, stored, grants);
  const { authorizable, attempts, states } = authorization;
  const connectorServices = buildConnectors(deps, stored, { ...grants, states });
  const { visibleConnectors } = connectorServices;
  const executor = buildExecutor(deps, stored, tokens);
  return {
    ...connectorServices,
    contract: createContract({
      types,
      connectors: visibleConnectors,
      connections,
      executor,
      changes,
      users: security,
    }),
    types,
    formSettings: { isHttpsRequired: env.mode !== 'development', scopeLabels },
    connectorReader,
    personalConnectors: (spaceId) => personalConnectors(spaceId, stored),
    executor,
    flow: authorization.flow,
    attempts,
    ownAuthorizations: authorization.ownAuthorizations,
    overview: new OverviewReader({
      connectors: visibleConnectors,
      types,
      connections,
      attempts,
      security,
      logger: logger.get('overview'),
    }),
    confirmationContent: new ConfirmationContentReader({ authorizable, types, connections }),
    accountDecisions: new AccountDecisions({ authorizable, accountChanges, attempts, access }),
    authorizable,
    sites: tokens.sites,
    clients,
    tokens,
    grants: tokens.grants,
    grantRevoker: tokens.grantRevoker,
    connections,
    revocationJobs,
    connectorRevocation: grants.connectorRevocation,
    revocationJobAudit: grants.revocationJobAudit,
    access,
    users: security,
    pages: new Pages({ users: security, logger: logger.get('pages') }),
    urls: core.http.urls,
    clock,
    randomness,
    tasks: createTaskServices({
      repository,
      tokens,
      revocationJobs,
      connectors: connectorReader,
      clients,
      states,
      limiter: authorization.limiter,
      grantCheck: authorization.grantCheck,
      users: security,
      staleTokenAgeMs: config.oauth.staleTokenAge,
      clock,
      logger,
    }),
  };
}

function buildStored({ context, core, plugins, types, replace = {} }: BuildDeps): Stored {
  const { config, logger } = context;
  const { security, spaces } = plugins;
  const repository = core.savedObjects.createRepository({ includedHiddenTypes: HIDDEN_TYPES });
  const preconfigured = new PreconfiguredConnectors(config.preconfigured, types, (message) =>
    logger.warn(message),
  );
  const store = new ConnectorStore(repository, preconfigured);
  const connectorReader = replace.connectorReader?.(store) ?? store;
  return {
    repository,
    access: new AccessControl(security, security.audit),
    preconfigured,
    store,
    connectorReader,
    openConnectors: connectorsInOpenSpaces(connectorReader, spaces),
  };
}

/** Creates the services with which users authorize connectors. */
function buildAuthorization(
  { context, core, plugins }: BuildDeps,
  { repository, access, openConnectors }: Stored,
  { clients, tokens }: Grants,
): Authorization {
  const { clock, config, logger, randomness } = context;
  return createAuthorization({
    repository,
    connectors: openConnectors,
    clients,
    tokens,
    access,
    users: plugins.security,
    urls: core.http.urls,
    settings: config.auth.oauth_authorization_code,
    clock,
    randomness,
    logger: logger.get('oauth_callback'),
  });
}

/** Creates the services that change and show connectors, and their forms. */
function buildConnectors(
  { context, core, plugins, egress, types }: BuildDeps,
  { repository, access, preconfigured, store }: Stored,
  grants: Grants & Pick<Authorization, 'states'>,
) {
  const { clients, tokens, connectorRevocation, spaceJobs, states } = grants;
  const { clock, config, logger, randomness } = context;
  const { connectors, visibleConnectors, checks, warnings, spaceData } = createConnectors({
    repository,
    store,
    preconfigured,
    types,
    clients,
    tokens,
    states,
    connectorRevocation,
    spaceJobs,
    access,
    isSpaceOpen: (spaceId) => plugins.spaces.isOpen(spaceId),
    egress,
    settings: config.auth.oauth_authorization_code,
    maxConnectorsPerSpace: config.maxConnectorsPerSpace,
    clock,
    randomness,
    logger: logger.get('connectors'),
  });
  const forms = createConnectorForms({
    access,
    store,
    preconfigured,
    types,
    checks,
    warnings,
    clients,
    grants: tokens.store,
    urls: core.http.urls,
    egress,
    config,
  });
  return { connectors, visibleConnectors, spaceData, forms };
}

function buildExecutor(
  { context, plugins, egress, types, metrics }: BuildDeps,
  { access, openConnectors }: Stored,
  { tokens }: Tokens,
): Executor {
  const { clock, config, logger } = context;
  return new Executor({
    connectors: openConnectors,
    access,
    users: plugins.security,
    types,
    tokens,
    egress,
    limits: {
      maxResponseBytes: config.maxResponseContentLength,
      responseTimeoutMs: config.responseTimeout,
      maxConcurrentPerUser: config.maxConcurrentExecutionsPerUser,
    },
    clock,
    logger: logger.get('execution'),
    metrics,
  });
}

type Grants = ReturnType<typeof buildGrants>;

/**
 * Creates what all grants need: clients of providers, tokens with their events, and the jobs that
 * revoke many grants.
 */
function buildGrants(
  { context, plugins, egress, types, metrics, replace = {} }: BuildDeps,
  repository: SavedObjectsRepository,
  connectors: ConnectorReader,
) {
  const { clock, config, logger, randomness, env } = context;
  const { security, taskManager } = plugins;
  const productClients = createProviderClients({
    egress,
    ears: config.auth.ears,
    findConnectorType: (id) => types.findSpec(id),
    trustedRevocationOrigins: new Set(
      config.auth.oauth_authorization_code.trustedRevocationOrigins,
    ),
    now: () => new Date(clock.now()),
    logger: logger.get('oauth'),
  });
  const clients = replace.clients?.(productClients) ?? productClients;

  const changes = new ConnectionChanges(logger.get('connection_changes'));
  const grantEvents =
    replace.events ??
    createGrantEvents({
      audit: security.audit,
      logger: logger.get('oauth'),
      counter: metrics.grantEvents,
    });
  const tokens = createTokens({
    repository,
    clients,
    connectors,
    events: {
      emit: (event) => {
        grantEvents.emit(event);
        changes.onGrantEvent(event);
      },
    },
    onStateChange: (before, after) => changes.onStateChange(before, after),
    clock,
    randomness,
    instanceId: env.instanceId,
    logger: logger.get('connector_token_client'),
    ...replace.tokens,
  });
  const revocationJobAudit = new RevocationJobAudit(security.audit);
  const { revocationJobs, connectorRevocation, spaceJobs } = createMassRevocation({
    repository,
    tokens,
    connectors,
    hasAccess: executeAccess(security),
    schedule: revocationJobScheduler(taskManager),
    onFinished: (job) => revocationJobAudit.finished(job),
    clock,
    randomness,
    logger: logger.get('mass_revocation'),
    ...replace.massRevocation,
  });
  return {
    clients,
    tokens,
    changes,
    revocationJobs,
    connectorRevocation,
    spaceJobs,
    revocationJobAudit,
  };
}
