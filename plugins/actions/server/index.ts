import type { PluginInitializerContext } from '@latchkey/core/server';
import type { ActionsConfig } from './config.ts';
import { ActionsPlugin } from './plugin.ts';

export { acceptsIdempotencyKey } from '@latchkey/connector-specs';
export { type ActionsConfig, config } from './config.ts';
export type { ConnectionStatus } from './oauth/tokens/index.ts';
export type {
  ActionsClient,
  ActionsSetup,
  ActionsStart,
  Connection,
  ConnectionChange,
  ConnectorActionView,
  ConnectorSummary,
  ConnectorTypeDetails,
  ConnectorTypes,
  ConnectorTypeView,
  ConnectorView,
  DeferredUser,
  ExecutionResult,
  ExecutionTimings,
  UserConnections,
} from './types.ts';

/** Creates the plugin. The core calls this function once. */
export const plugin = (context: PluginInitializerContext<ActionsConfig>): ActionsPlugin =>
  new ActionsPlugin(context);
