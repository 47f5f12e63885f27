import {
  type AuthorizeHookOptions,
  type AuthorizeHookResult,
  type DisconnectHookOptions,
  type DisconnectHookResult,
  useAuthorizeWith,
  useDisconnectWith,
} from './authorization/index.ts';
import { useServices } from './services.ts';

/** Authorizes a connector as the current user, on the pages of this plugin. */
export function useOAuthAuthorize(options: AuthorizeHookOptions): AuthorizeHookResult {
  return useAuthorizeWith(useServices().attempts, options);
}

/** Ends the current user's authorization of a connector, on the pages of this plugin. */
export function useOAuthDisconnect(options: DisconnectHookOptions): DisconnectHookResult {
  const { changes } = useServices();
  return useDisconnectWith(changes.announce, options);
}
