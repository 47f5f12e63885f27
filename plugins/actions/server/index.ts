import type { PluginInitializerContext } from '@latchkey/core/server';
import type { ActionsConfig } from './config.ts';
import { ActionsPlugin } from './plugin.ts';

export { type ActionsConfig, config } from './config.ts';
export type {
  ActionsClient,
  ActionsSetup,
  ActionsStart,
  ConnectorView,
  ExecutionResult,
} from './types.ts';

/** Makes the plugin; called once by core. */
export const plugin = (context: PluginInitializerContext<ActionsConfig>): ActionsPlugin =>
  new ActionsPlugin(context);
