import { SpacesBrowserPlugin } from './plugin.ts';

export type { SpacesBrowserSetup, SpacesBrowserSetupDeps, SpacesBrowserStart } from './types.ts';

/** Creates the plugin. */
export const plugin = (): SpacesBrowserPlugin => new SpacesBrowserPlugin();
