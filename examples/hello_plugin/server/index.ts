import type { PluginInitializerContext } from '@latchkey/core/server';
import type { HelloPluginConfig } from './config.ts';
import { HelloPlugin } from './plugin.ts';

export type { HelloPluginConfig } from './config.ts';
export { config } from './config.ts';

/** Creates the plugin. Called by core, once per process. */
export const plugin = (context: PluginInitializerContext<HelloPluginConfig>): HelloPlugin =>
  new HelloPlugin(context);
