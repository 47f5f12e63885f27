import { ConnectorsUiPlugin } from './plugin.ts';

export type {
  Attempt,
  AuthorizeHookOptions,
  AuthorizeHookResult,
  DisconnectHookOptions,
  DisconnectHookResult,
  RevocationResult,
} from './authorization/index.ts';
export type { CreateConnectorProps, EditConnectorProps } from './connector_flyout/index.ts';
export type { ConnectorsUiSetup, ConnectorsUiStart } from './types.ts';

/** Entry point that the loader of the web app calls. */
export const plugin = (): ConnectorsUiPlugin => new ConnectorsUiPlugin();
