import { ConnectorsUiPlugin } from './plugin.ts';

export type {
  Attempt,
  AuthorizeHookOptions,
  AuthorizeHookResult,
  DisconnectHookOptions,
  DisconnectHookResult,
  RevocationResult,
} from './authorization/index.ts';
export type { ConnectorsUiSetup, ConnectorsUiStart } from './types.ts';

/** Creates the plugin. */
export const plugin = (): ConnectorsUiPlugin => new ConnectorsUiPlugin();
