import type {
  Clock,
  CoreStart,
  PluginInitializerContext,
  Randomness,
  UrlBuilder,
} from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import type { ActionsMetrics } from './actions_metrics.ts';
import { AccessControl, executeAccess } from './audit/index.ts';
import type { ActionsConfig } from './config.ts';
import type { ConnectorReader } from './connector_data/index.ts';
import { ConnectorForms, createCallbackUrl, createFormWarnings } from './connector_form/index.ts';
import type { FormFacts, TypeRegistry } from './connector_types/index.ts';
import {
  ConnectorChecks,
  ConnectorService,
  ConnectorStore,
  ConnectorWarnings,
  connectorsInOpenSpaces,
  createIssuerDiscovery,
  HIDDEN_IDS_LIMIT,
  HiddenIds,
  PreconfiguredConnectors,
  personalConnectors,
  SpaceData,
} from './connectors/index.ts';
import { ConnectionChanges, createContract } from './contract/index.ts';
import { ConnectorValidationCache, Executor, TokenRejections } from './execution/index.ts';
import { AccountDecisions } from './oauth/account_change/index.ts';
import { ConfirmationFactsReader } from './oauth/confirmation/index.ts';
import {
  AttemptOutcomes,
  AuthorizableConnectors,
  AuthorizationFlow,
  FlowError,
  IpRateLimiter,
  OwnAuthorizations,
  RateLimiter,
  StateStore,
} from './oauth/flow/index.ts';
import {
  type ConnectorRevocation,
  convertLegacyJobs,
  createMassRevocation,
  type MassRevocationService,
  RevocationJobAudit,
} from './oauth/mass_revocation/index.ts';
import { Pages } from './oauth/pages/index.ts';
import { scopeLabels } from './oauth/scopes/index.ts';
import {
  createProviderClients,
  endpointRefusals,
  type ProviderClientFactory,
} from './oauth/strategies/index.ts';
import {
  createGrantEvents,
  createTokens,
  type GrantEvents,
  type Tokens,
} from './oauth/tokens/index.ts';
import { OverviewReader } from './overview/index.ts';
import { HIDDEN_TYPES } from './register_saved_objects.ts';
import { revocationJobScheduler, type TaskServices } from './tasks/index.ts';
import type { ActionsStart, ActionsStartDeps } from './types.ts';

/** All services of the running plugin. Each route and task names those that it uses. */
export interface ActionsServices {
  /** Contract for other plugins. */
  readonly contract: ActionsStart;
  readonly types: TypeRegistry;
  readonly formFacts: FormFacts;
  readonly forms: ConnectorForms;
  readonly connectors: ConnectorService;
  readonly connectorReader: ConnectorReader;
  readonly personalConnectors: (spaceId: string) => Promise<ReadonlyMap<string, string>>;
  readonly executor: Executor;
  readonly flow: AuthorizationFlow;
  readonly attempts: AttemptOutcomes;
  readonly ownAuthorizations: OwnAuthorizations;
  readonly overview: OverviewReader;
  readonly confirmationFacts: ConfirmationFactsReader;
  readonly accountDecisions: AccountDecisions;
  readonly authorizable: AuthorizableConnectors;
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

/** Parts that the test stack replaces. The product replaces nothing. */
export interface ServiceReplacements {
  /** Replaces or wraps the product's clients. */
  readonly clients?: (product: ProviderClientFactory) => ProviderClientFactory;
  /**
   * Replaces or wraps the connector reader that executor, flows, tokens and revocation jobs use.
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

/** Creates all services. Only this function knows all capabilities. */
export function buildServices(deps: {
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
}): ActionsServices {
  const { context, core, plugins, egress, types, metrics, replace = {} } = deps;
  const { clock, config, logger, randomness, env } = context;
  const { audit } = plugins.security;
  const repository = core.savedObjects.createRepository({ includedHiddenTypes: HIDDEN_TYPES });
  const preconfigured = new PreconfiguredConnectors(config.preconfigured, types, (message) =>
    logger.warn(message),
  );
  const store = new ConnectorStore(repository, preconfigured);
  const connectorReader = replace.connectorReader?.(store) ?? store;
  const usable = connectorsInOpenSpaces(connectorReader, plugins.spaces);
  const access = new AccessControl(plugins.security, audit);
  const findConnectorType = (id: string) => (types.has(id) ? types.get(id).spec : undefined);
  const {
    rate_limits: limits,
    redirectUri,
    sharedRedirectUriOrigins,
    ...oauthSettings
  } = config.auth.oauth_authorization_code;
  const trustedRevocationOrigins = new Set(oauthSettings.trustedRevocationOrigins);
  const productClients = createProviderClients({
    egress,
    ears: config.auth.ears,
    findConnectorType,
    trustedRevocationOrigins,
    now: () => new Date(clock.now()),
    logger: logger.get('oauth'),
  });
  const clients = replace.clients?.(productClients) ?? productClients;
  const changes = new ConnectionChanges(logger.get('connection_changes'));
  const grantEvents =
    replace.events ??
    createGrantEvents({ audit, logger: logger.get('oauth'), counter: metrics.grantEvents });
  const tokens = createTokens({
    repository,
    clients,
    connectors: connectorReader,
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
  const revocationJobAudit = new RevocationJobAudit(audit);
  const { revocationJobs, connectorRevocation, spaceJobs } = createMassRevocation({
    repository,
    tokens,
    connectors: connectorReader,
    hasAccess: executeAccess(plugins.security),
    schedule: revocationJobScheduler(plugins.taskManager),
    onFinished: (job) => revocationJobAudit.finished(job),
    clock,
    randomness,
    logger: logger.get('mass_revocation'),
    ...replace.massRevocation,
  });
  const sharedCallbackOrigins = new Set(sharedRedirectUriOrigins);
  const callbackLimit = {
    limit: limits.callback.limit,
    lookbackWindowMs: limits.callback.lookbackWindow,
  };
  const limiter = new RateLimiter(
    repository,
    {
      authorize: {
        limit: limits.authorize.limit,
        lookbackWindowMs: limits.authorize.lookbackWindow,
      },
      callback: callbackLimit,
      hidden_id: HIDDEN_IDS_LIMIT,
    },
    () => clock.now(),
  );
  const hiddenIds = new HiddenIds(
    {
      hit: (profileUid) => limiter.hit('hidden_id', profileUid),
      undo: (profileUid) => limiter.undo('hidden_id', profileUid),
    },
    (error) => error instanceof FlowError && error.code === 'rate_limited',
  );
  const checks = new ConnectorChecks({
    store,
    preconfigured,
    types,
    grants: tokens.grants,
    discoverIssuer: createIssuerDiscovery({
      egress,
      findConnectorType,
      now: () => new Date(clock.now()),
    }),
    endpointRefusals: (connector) =>
      endpointRefusals(connector, findConnectorType(connector.connectorTypeId), {
        trustedRevocationOrigins,
      }),
  });
  const warnings = new ConnectorWarnings(clients, tokens.grants, {
    sharedCallbackOrigins: redirectUri === 'shared' ? sharedCallbackOrigins : undefined,
    findConnectorType,
  });
  const forms = new ConnectorForms({
    access,
    store,
    preconfigured,
    types,
    checks,
    warnings,
    formWarnings: createFormWarnings({ urls: core.http.urls, config, egress }),
    clients,
    countGrants: (connectorId, clientFingerprint) =>
      tokens.store.count({ usable: { connectorId, clientFingerprint } }),
    callbackUrl: createCallbackUrl(core.http.urls, redirectUri),
  });
  const connectors = new ConnectorService({
    store,
    preconfigured,
    checks,
    grants: tokens.grants,
    revocationJobs: connectorRevocation,
    clients,
    warnings,
    problems: tokens.health,
    retryRevocations: (id) => {
      tokens.outbox.inBackground((signal) => tokens.outbox.retryConnector(id, signal));
    },
    access,
    hiddenIds,
    isSpaceOpen: (spaceId) => plugins.spaces.isOpen(spaceId),
    logger: logger.get('connectors'),
    randomness,
  });
  const states = new StateStore(repository, () => new Date(clock.now()));
  const executor = new Executor({
    connectors: usable,
    access,
    types,
    known: new ConnectorValidationCache(),
    tokens: tokens.tokens,
    rejections: new TokenRejections(clock),
    egress,
    limits: {
      maxResponseBytes: config.maxResponseContentLength,
      responseTimeoutMs: config.responseTimeout,
    },
    clock,
    logger: logger.get('execution'),
    metrics,
  });
  const attempts = new AttemptOutcomes({
    states,
    connections: tokens.connections,
    clock,
    logger: logger.get('oauth_callback'),
  });
  const authorizable = new AuthorizableConnectors({ connectors: usable, clients, access });
  const flow = new AuthorizationFlow({
    connectors: usable,
    authorizable,
    clients,
    grants: tokens.grants,
    grantRevoker: tokens.grantRevoker,
    connections: tokens.connections,
    states,
    attempts,
    limiter,
    anonymousLimiter: new IpRateLimiter(callbackLimit, clock),
    access,
    users: plugins.security,
    urls: core.http.urls,
    redirectUri,
    sharedCallbackOrigins,
    clock,
    randomness,
    logger: logger.get('oauth_callback'),
  });
  return {
    connectors,
    forms,
    connectorReader,
    personalConnectors: (spaceId) => personalConnectors(spaceId, { store, preconfigured }),
    types,
    formFacts: { isHttpsRequired: env.mode !== 'development', scopeLabels },
    tokens,
    grants: tokens.grants,
    grantRevoker: tokens.grantRevoker,
    connections: tokens.connections,
    executor,
    flow,
    attempts,
    overview: new OverviewReader({
      connectors,
      types,
      connections: tokens.connections,
      attempts,
      security: plugins.security,
      logger: logger.get('overview'),
    }),
    ownAuthorizations: new OwnAuthorizations({
      authorizable,
      states,
      grants: tokens.grants,
      grantRevoker: tokens.grantRevoker,
      access,
    }),
    confirmationFacts: new ConfirmationFactsReader({
      authorizable,
      types,
      connections: tokens.connections,
    }),
    authorizable,
    sites: tokens.sites,
    accountDecisions: new AccountDecisions({
      authorizable,
      accountChanges: tokens.accountChanges,
      attempts,
      access,
    }),
    clients,
    contract: createContract({
      types,
      connectors,
      connections: tokens.connections,
      executor,
      changes,
      users: plugins.security,
    }),
    access,
    pages: new Pages({ users: plugins.security, logger: logger.get('pages') }),
    urls: core.http.urls,
    clock,
    randomness,
    revocationJobs,
    connectorRevocation,
    revocationJobAudit,
    users: plugins.security,
    tasks: {
      tokens,
      convertLegacyJobs: () => convertLegacyJobs(repository, logger),
      revocationJobs,
      connectors: connectorReader,
      clients,
      isActive: async (profileUid) =>
        (await plugins.security.getActiveUser(profileUid)) !== undefined,
      activeProfileUids: () => plugins.security.activeProfileUids(),
      clock,
      logger,
      states,
      limiter,
      staleTokenAgeMs: config.oauth.staleTokenAge,
    },
    spaceData: new SpaceData({
      store,
      connectors,
      jobs: spaceJobs,
      grants: tokens.store,
      states,
      clock,
      logger: logger.get('connectors'),
    }),
  };
}
