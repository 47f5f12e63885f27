import { SecurityPlugin } from './plugin.ts';

/** Creates the plugin. */
export const plugin = (): SecurityPlugin => new SecurityPlugin();
