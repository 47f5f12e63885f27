import { connectorSpecs, systemConnectorSpecs } from '@latchkey/connector-specs';
import type {
  CoreSetup,
  CoreStart,
  HomePage,
  Plugin,
  PluginInitializerContext,
} from '@latchkey/core/server';
import { createEgress, type Egress } from '@latchkey/egress';
import { getOverview, MANAGE_GRANTS } from '../common/index.ts';
import { type ActionsMetrics, createActionsMetrics } from './actions_metrics.ts';
import { ACTIONS_PRIVILEGES } from './audit/index.ts';
import { type ActionsServices, buildServices } from './build_services.ts';
import { type ActionsConfig, isEarsAvailable } from './config.ts';
import { mapConnectorError } from './connector_data/index.ts';
import { registerFormRoutes } from './connector_form/index.ts';
import {
  mapConnectorTypeError,
  registerConnectorTypeRoutes,
  TypeRegistry,
} from './connector_types/index.ts';
import { registerConnectorRoutes } from './connectors/index.ts';
import { egressSettingsOf, mailServerWarningsOf } from './egress_settings.ts';
import { registerExecuteRoute } from './execution/index.ts';
import { registerAccountChangeRoutes } from './oauth/account_change/index.ts';
import { registerLinkRoutes } from './oauth/confirmation/index.ts';
import {
  mapFlowError,
  registerAuthorizationRoutes,
  registerAuthStatusRoute,
  registerCallbackRoutes,
  registerOwnAuthorizationRoutes,
} from './oauth/flow/index.ts';
import {
  mapRevocationJobError,
  registerFindGrantsRoute,
  registerGrantRoutes,
  registerRevocationJobRoutes,
} from './oauth/mass_revocation/index.ts';
import { registerSiteRoutes } from './oauth/sites/index.ts';
import { registerOverviewRoute } from './overview/index.ts';
import { HIDDEN_TYPES, registerSavedObjects } from './register_saved_objects.ts';
import { registerActionsTasks, scheduleActionsTasks, scheduleForChange } from './tasks/index.ts';
import { tlsWarningsOf } from './tls_warnings.ts';
import type { ActionsSetup, ActionsSetupDeps, ActionsStart, ActionsStartDeps } from './types.ts';

const STOP_TIMEOUT_MS = 10_000;

/**
 * First pages of the web app: for users who manage connectors their list, for others the user's
 * connections.
 */
const HOME_PAGES: readonly HomePage[] = [
  { path: '/app/connectors', requiredPrivileges: ['actions:create'], order: 10 },
  { path: '/app/my_connections', requiredPrivileges: ['actions:get'], order: 20 },
];

/** The plugin `actions`: connectors, their OAuth grants and their execution. */
export class ActionsPlugin
  implements Plugin<ActionsSetup, ActionsStart, ActionsSetupDeps, ActionsStartDeps>
{
  readonly #context: PluginInitializerContext<ActionsConfig>;
  readonly #egress: Egress;
  readonly #types: TypeRegistry;
  #metrics: ActionsMetrics | undefined;
  #services: ActionsServices | undefined;

  constructor(context: PluginInitializerContext<ActionsConfig>) {
    const { config, env } = context;
    this.#context = context;
    this.#egress = createEgress(egressSettingsOf(config, env));
    this.#types = new TypeRegistry({
      enabledActionTypes: config.enabledActionTypes,
      ensureUriAllowed: (uri) => this.#egress.ensureUriAllowed(uri),
      isEarsAvailable: () => isEarsAvailable(config),
      maxPayloadBytes: config.maxPayloadSize,
    });
  }

  setup(core: CoreSetup<ActionsStartDeps, ActionsStart>, deps: ActionsSetupDeps): ActionsSetup {
    this.#metrics = createActionsMetrics(core);
    registerSavedObjects(core, deps);
    for (const spec of connectorSpecs) this.#types.register(spec);
    for (const spec of systemConnectorSpecs) this.#types.registerSystem(spec);
    deps.security.registerFeature({
      id: 'actions',
      name: { en: 'Actions and Connectors', de: 'Aktionen und Konnektoren' },
      privileges: ACTIONS_PRIVILEGES,
    });
    deps.security.registerFeature({
      id: 'actions_grants',
      name: {
        en: 'Connector authorizations of all users',
        de: 'Autorisierungen aller Benutzer',
      },
      privileges: { all: [MANAGE_GRANTS], read: [] },
      onlyWithBaseInEverySpace: true,
    });
    registerActionsTasks(deps.taskManager, () => this.#running().tasks);
    this.#registerSpaceData(core, deps);
    this.#scheduleRevocations(core, deps);
    this.#registerRoutes(core);
    for (const page of HOME_PAGES) core.browser.registerHomePage(page);
    core.browser.registerFirstRequest({
      route: getOverview,
      requiredPrivileges: ['actions:get'],
    });
    return { registerConnectorSpec: (spec) => this.#types.register(spec) };
  }

  async start(core: CoreStart, deps: ActionsStartDeps): Promise<ActionsStart> {
    if (this.#metrics === undefined)
      throw new Error('The plugin actions: start() was called before setup()');
    const { config, logger } = this.#context;
    for (const warning of [...tlsWarningsOf(config), ...mailServerWarningsOf(config)]) {
      logger.warn(warning);
    }
    this.#types.close();
    this.#services = buildServices({
      context: this.#context,
      core,
      plugins: deps,
      egress: this.#egress,
      types: this.#types,
      metrics: this.#metrics,
    });
    await this.#services.tasks.convertLegacyJobs().catch((error: unknown) => {
      logger.warn(
        'Revocation jobs of an older version could not be converted; a background task tries again every minute',
        {
          error,
        },
      );
    });
    await scheduleActionsTasks(deps.taskManager, logger);
    return this.#services.contract;
  }

  async stop(): Promise<void> {
    await this.#services?.tokens.stop(STOP_TIMEOUT_MS);
    await this.#egress.close();
  }

  #registerRoutes({ http }: Pick<CoreSetup, 'http'>): void {
    const router = http.createRouter({
      mapError: (error) =>
        mapConnectorTypeError(error) ??
        mapConnectorError(error) ??
        mapRevocationJobError(error) ??
        mapFlowError(error),
      services: () => this.#running(),
    });
    registerConnectorRoutes(router);
    registerFormRoutes(router);
    registerConnectorTypeRoutes(router);
    registerExecuteRoute(router, this.#types);
    registerAuthorizationRoutes(router);
    registerOwnAuthorizationRoutes(router);
    registerAccountChangeRoutes(router);
    registerSiteRoutes(router);
    registerLinkRoutes(router);
    registerCallbackRoutes(router);
    registerRevocationJobRoutes(router);
    registerGrantRoutes(router);
    registerFindGrantsRoute(router);
    registerAuthStatusRoute(router);
    registerOverviewRoute(router);
  }

  /**
   * Registers the handler for data of spaces. It waits until this plugin has started, because tasks
   * of the plugin `spaces` may run before.
   */
  #registerSpaceData(
    core: CoreSetup<ActionsStartDeps, ActionsStart>,
    { spaces }: ActionsSetupDeps,
  ): void {
    const started = async () => {
      await core.getStartServices();
      return this.#running().spaceData;
    };
    spaces.registerDataHandler({
      id: 'actions',
      types: HIDDEN_TYPES,
      deleteData: async (request) => (await started()).delete(request),
      countData: async (spaceId) => (await started()).count(spaceId),
      spacesInUse: async function* () {
        yield* (await started()).spacesInUse();
      },
      countOutstanding: async (spaceId) => (await started()).countOutstanding(spaceId),
    });
  }

  /**
   * Schedules tasks that end the grants of users who were removed or lost roles. Tasks survive a
   * crash.
   */
  #scheduleRevocations(
    core: CoreSetup<ActionsStartDeps, ActionsStart>,
    { security }: ActionsSetupDeps,
  ): void {
    const { clock, randomness } = this.#context;
    security.onUserChange(async (change) => {
      const [, { taskManager }] = await core.getStartServices();
      await scheduleForChange(change, { taskManager, clock, randomness });
    });
  }

  #running(): ActionsServices {
    if (this.#services === undefined)
      throw new Error('The plugin actions was used before start() was called');
    return this.#services;
  }
}
