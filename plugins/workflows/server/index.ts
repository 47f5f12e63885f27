import type { PluginInitializerContext } from '@latchkey/core/server';
import type { WorkflowsConfig } from './config.ts';
import { WorkflowsPlugin } from './plugin.ts';

export { config, type WorkflowsConfig } from './config.ts';
export type { WorkflowsSetupDeps, WorkflowsStartDeps } from './types.ts';

/** Creates the plugin. Core calls it once per process. */
export const plugin = (context: PluginInitializerContext<WorkflowsConfig>): WorkflowsPlugin =>
  new WorkflowsPlugin(context);
