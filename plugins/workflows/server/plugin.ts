import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from '@latchkey/core/server';
import { WorkerPatternMatcher, WorkerTemplateRenderer } from '@latchkey/workflow-engine';
import { READ_OUTPUTS_PRIVILEGE, WORKFLOW_PRIVILEGES } from '../common/index.ts';
import { buildServices, type WorkflowsServices } from './build_services.ts';
import type { WorkflowsConfig } from './config.ts';
import { retentionTaskDefinition, scheduleRetention } from './retention/index.ts';
import {
  concurrencyType,
  definitionType,
  journalType,
  registerRunReadRoutes,
  registerRunRoutes,
  runType,
  scheduleTaskDefinition,
  valueType,
  workerType,
} from './runs/index.ts';
import { spaceDataHandler } from './space_data.ts';
import type { WorkflowsSetupDeps, WorkflowsStartDeps } from './types.ts';
import {
  mapWorkflowError,
  registerWorkflowBulkRoutes,
  registerWorkflowInfoRoutes,
  registerWorkflowRoutes,
  workflowType,
} from './workflows/index.ts';

/** Plugin for workflows: YAML documents whose steps call connectors as the user of the run. */
export class WorkflowsPlugin
  implements Plugin<undefined, undefined, WorkflowsSetupDeps, WorkflowsStartDeps>
{
  readonly #context: PluginInitializerContext<WorkflowsConfig>;
  readonly #patterns = new WorkerPatternMatcher();
  readonly #templates = new WorkerTemplateRenderer();
  #services: WorkflowsServices | undefined;

  constructor(context: PluginInitializerContext<WorkflowsConfig>) {
    this.#context = context;
  }

  setup(core: CoreSetup<WorkflowsStartDeps, undefined>, deps: WorkflowsSetupDeps): undefined {
    for (const type of [
      workflowType,
      runType,
      journalType,
      valueType,
      definitionType,
      concurrencyType,
      workerType,
    ])
      core.savedObjects.registerType(type);
    deps.security.registerFeature({
      id: 'workflows',
      name: { en: 'Workflows', de: 'Workflows' },
      privileges: {
        all: Object.values(WORKFLOW_PRIVILEGES),
        read: [WORKFLOW_PRIVILEGES.read],
      },
    });
    deps.security.registerFeature({
      id: 'workflow_outputs',
      name: {
        en: 'Outputs of all workflow executions',
        de: 'Ausgaben aller Workflow-Ausführungen',
      },
      // Required because outputs contain data of personal connections of other users.
      onlyWithBaseInEverySpace: true,
      privileges: { all: [READ_OUTPUTS_PRIVILEGE], read: [] },
    });
    deps.spaces.registerDataHandler(
      spaceDataHandler(async () => {
        await core.getStartServices();
        return this.#running();
      }),
    );
    deps.taskManager.registerTaskDefinition(
      scheduleTaskDefinition(async () => {
        await core.getStartServices();
        return this.#running().starts.scheduledRuns;
      }),
    );
    deps.taskManager.registerTaskDefinition(
      retentionTaskDefinition(async () => {
        await core.getStartServices();
        return { retention: this.#running().retention, clock: this.#context.clock };
      }),
    );
    const router = core.http.createRouter({
      mapError: mapWorkflowError,
      services: () => this.#running(),
    });
    registerWorkflowRoutes(router);
    registerWorkflowBulkRoutes(router);
    registerWorkflowInfoRoutes(router);
    registerRunRoutes(router);
    registerRunReadRoutes(router);
    return undefined;
  }

  async start(core: CoreStart, plugins: WorkflowsStartDeps): Promise<undefined> {
    const services = buildServices({
      context: this.#context,
      core,
      plugins,
      patterns: this.#patterns,
      templates: this.#templates,
    });
    this.#services = services;
    await services.worker.start();
    services.executor.start();
    await scheduleRetention(plugins.taskManager, this.#context.logger);
    return undefined;
  }

  async stop(): Promise<void> {
    await this.#services?.executor.stop();
    await this.#services?.starts.stop();
    await this.#services?.worker.stop();
    await Promise.all([this.#patterns.close(), this.#templates.close()]);
  }

  #running(): WorkflowsServices {
    if (this.#services === undefined)
      throw new Error('The plugin workflows was used before start() was called');
    return this.#services;
  }
}
