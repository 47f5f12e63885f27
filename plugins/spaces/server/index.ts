import type { PluginInitializerContext } from '@latchkey/core/server';
import type { SpacesConfig } from './config.ts';
import { SpacesPlugin } from './plugin.ts';

export type { SpacesConfig } from './config.ts';
export { config } from './config.ts';
export type {
  Space,
  SpaceDataHandler,
  SpaceDataRequest,
  SpaceDataResult,
  SpacesSetup,
  SpacesSetupDeps,
  SpacesStart,
  SpacesStartDeps,
} from './types.ts';

/** Creates the plugin. Core calls it once per process. */
export const plugin = (context: PluginInitializerContext<SpacesConfig>): SpacesPlugin =>
  new SpacesPlugin(context);
