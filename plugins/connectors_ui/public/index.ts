import { ConnectorsUiPlugin } from './plugin.ts';

export type { ConnectorsUiSetup, ConnectorsUiStart } from './types.ts';

/** Creates the plugin. */
export const plugin = (): ConnectorsUiPlugin => new ConnectorsUiPlugin();
