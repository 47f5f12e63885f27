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

/** Options of {@link createActionsStack}. Everything but the saved objects has a default. */
export interface ActionsStackOptions {
  /**
   * Saved objects from `openActionsStore`, or of a core with the types of `registerActionsTypes`.
   */
  readonly savedObjects: BuildDeps['core']['savedObjects'];
  /** URL builder. Default: no public address, with which starting an authorization fails. */
  readonly urls?: UrlBuilder;
  /** Clock of all services. Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Source of ids, states and jitter. Default: that of the operating system. */
  readonly randomness?: Randomness;
  /** Identifies the simulated process. Default: `test-stack`. */
  readonly instanceId?: string;
  /** Logger of all services. Default: one that records. */
  readonly logger?: Logger;
  /** Members of `xpack.actions`, or the parsed configuration. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Connector types. Default: those of the product. Ignored with `types`. */
  readonly specs?: readonly ConnectorSpec[];
  /**
   * Egress of the stack, which the caller closes. Default: one with `settings`, which `close`
   * closes.
   */
  readonly egress?: Egress;
  /** Registry to share between stacks. It must be closed. */
  readonly types?: TypeRegistry;
  readonly metrics?: ActionsMetrics;
  /** Contracts of other plugins. Default: mocks; every user has every privilege. */
  readonly plugins?: Partial<ActionsStartDeps>;
  /** Parts of the product to replace: the provider's clients, connectors, timings, checkpoints. */
  readonly replace?: ServiceReplacements;
}

/** The product's services of one simulated process, without HTTP. */
export interface ActionsStack extends ActionsServices {
  readonly egress: Egress;
  readonly config: ActionsConfig;
  /** Waits for running refreshes and revocations, at most `timeoutMs` each. Keeps the store. */
  close(timeoutMs?: number): Promise<void>;
}

const STOP_TIMEOUT_MS = 1_000;

const NO_METRICS: ActionsMetrics = {
  executions: { inc: () => undefined },
  duration: { observe: () => undefined },
  grantEvents: { inc: () => undefined },
};

/**
 * Assembles the plugin's services as the product does, with `buildServices`. Unit tests, chaos,
 * end-to-end tests and benchmarks use it, so a new service or type is added to the product only.
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

/** The configuration with these members of `xpack.actions`; the others have their defaults. */
export function parseSettings(settings: Readonly<Record<string, unknown>> = {}): ActionsConfig {
  return configDescriptor.schema.parse(settings) as ActionsConfig;
}

/** A closed registry, for {@link ActionsStackOptions.types}. Default: the product's types. */
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
