import { SecurityBrowserPlugin } from './plugin.ts';

export type { ListSpaces, SecurityBrowserSetup, SecurityBrowserStart, SpaceName } from './types.ts';

/** Creates the plugin. */
export const plugin = (): SecurityBrowserPlugin => new SecurityBrowserPlugin();
