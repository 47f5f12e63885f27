import { type ConnectorSpec, connectorSpecs } from '@latchkey/connector-specs';
import {
  type Clock,
  type Logger,
  type Randomness,
  systemClock,
  systemRandomness,
  type UrlBuilder,
} from '@latchkey/core/server';
import { createLoggerMock, createUrlBuilder } from '@latchkey/core/server/mocks';
import { createEgress, type Egress } from '@latchkey/egress';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { createSpacesStartMock } from '@latchkey/spaces-plugin/server/mocks';
import { createTaskManagerStartMock } from '@latchkey/task-manager-plugin/server/mocks';
import type { ActionsMetrics } from '../actions_metrics.ts';
import {
  type ActionsServices,
  buildServices,
  type ServiceReplacements,
} from '../build_services.ts';
import { type ActionsConfig, config as configDescriptor } from '../config.ts';
import { TypeRegistry } from '../connector_types/index.ts';
import { egressSettingsOf } from '../egress_settings.ts';
import type { ActionsStartDeps } from '../types.ts';

type BuildDeps = Parameters<typeof buildServices>[0];

/** Options of {@link createActionsStack}. All except `savedObjects` are optional. */
export interface ActionsStackOptions {
  /**
   * Saved objects from `openActionsStore`, or of a core with the types of `registerActionsTypes`.
   */
  readonly savedObjects: BuildDeps['core']['savedObjects'];
  /**
   * URL builder. Default: one without a public address, with which an authorization cannot start.
   */
  readonly urls?: UrlBuilder;
  /** Clock of all services. Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Source of ids, states and jitter. Default: the random numbers of the operating system. */
  readonly randomness?: Randomness;
  /** Id of the simulated process. Default: `test-stack`. */
  readonly instanceId?: string;
  /** Logger of all services. Default: a logger that records its lines. */
  readonly logger?: Logger;
  /** Settings below `xpack.actions`, or a parsed configuration. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Connector types. Default: those of the product. Ignored if `types` is set. */
  readonly specs?: readonly ConnectorSpec[];
  /** Egress, which the caller closes. Default: an egress with `settings`, which `close` closes. */
  readonly egress?: Egress;
  /** Registry that several stacks share. It must be closed. */
  readonly types?: TypeRegistry;
  readonly metrics?: ActionsMetrics;
  /** Contracts of other plugins. Default: mocks with which every user has every privilege. */
  readonly plugins?: Partial<ActionsStartDeps>;
  /** Parts of the product to replace: provider clients, connectors, timings, checkpoints. */
  readonly replace?: ServiceReplacements;
}

/** The services of one simulated process, without HTTP. */
export interface ActionsStack extends ActionsServices {
  readonly egress: Egress;
  readonly config: ActionsConfig;
  /**
   * Waits for running refreshes and revocations, for at most `timeoutMs` each. Does not close the
   * store.
   */
  close(timeoutMs?: number): Promise<void>;
}

const STOP_TIMEOUT_MS = 1_000;

const NO_METRICS: ActionsMetrics = {
  executions: { inc: () => undefined },
  duration: { observe: () => undefined },
  grantEvents: { inc: () => undefined },
};

/**
 * Creates the services of the plugin with `buildServices`, as the product does. Unit tests, chaos
 * runs, end-to-end tests and benchmarks use it, so that a new service need not be added to each of
 * them.
 */
export function createActionsStack(options: ActionsStackOptions): ActionsStack {
  const { clock = systemClock, randomness = systemRandomness, plugins, replace } = options;
  const config = parseSettings(options.settings);
  const env: BuildDeps['context']['env'] = {
    mode: 'development',
    dataPath: '',
    version: '1.0.0',
    instanceId: options.instanceId ?? 'test-stack',
  };
  const egress = options.egress ?? createEgress(egressSettingsOf(config, env));
  const types = options.types ?? createTypeRegistry({ config, egress, specs: options.specs });
  const services = buildServices({
    context: {
      logger: options.logger ?? createLoggerMock('plugins.actions'),
      config,
      env,
      clock,
      randomness,
    },
    core: {
      savedObjects: options.savedObjects,
      http: { urls: options.urls ?? createUrlBuilder({ basePath: '', publicBaseUrl: undefined }) },
    },
    plugins: {
      security: createSecurityStartMock(),
      spaces: createSpacesStartMock(),
      taskManager: createTaskManagerStartMock(),
      ...plugins,
    },
    egress,
    types,
    metrics: options.metrics ?? NO_METRICS,
    ...(replace === undefined ? {} : { replace }),
  });
  return {
    ...services,
    egress,
    config,
    close: async (timeoutMs = STOP_TIMEOUT_MS) => {
      await services.tokens.stop(timeoutMs);
      if (options.egress === undefined) await egress.close();
    },
  };
}

/**
 * Returns the configuration with these settings below `xpack.actions`, and defaults for all others.
 */
export function parseSettings(settings: Readonly<Record<string, unknown>> = {}): ActionsConfig {
  return configDescriptor.schema.parse(settings) as ActionsConfig;
}

/**
 * Creates a closed registry for {@link ActionsStackOptions.types}. Default: the types of the
 * product.
 */
export function createTypeRegistry({
  config = parseSettings(),
  egress,
  specs = connectorSpecs,
}: {
  readonly config?: ActionsConfig;
  readonly egress: Pick<Egress, 'ensureUriAllowed'>;
  readonly specs?: readonly ConnectorSpec[] | undefined;
}): TypeRegistry {
  const types = new TypeRegistry({
    enabledActionTypes: config.enabledActionTypes,
    ensureUriAllowed: (uri) => egress.ensureUriAllowed(uri),
    maxPayloadBytes: config.maxPayloadSize,
  });
  for (const spec of specs) types.register(spec);
  types.close();
  return types;
}
