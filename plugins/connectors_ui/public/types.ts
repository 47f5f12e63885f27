import type { ComponentType } from 'react';
import type {
  AuthorizeHookOptions,
  AuthorizeHookResult,
  DisconnectHookOptions,
  DisconnectHookResult,
} from './authorization/index.ts';
import type {
  AttemptNoticeProps,
  AuthorizeButtonProps,
  DisconnectDialogProps,
} from './authorization_views/index.ts';
import type { StatusBadgeProps } from './connection_controls/index.ts';
import type { ConnectorStatus } from './connection_status/index.ts';
import type { CreateConnectorProps, EditConnectorProps } from './connector_flyout/index.ts';
import type { LoadConnectorUses } from './connector_uses/index.ts';
import type { ChooseSiteProps } from './site_choice/index.ts';

/** Contract for other plugins while they are set up. */
export type ConnectorsUiSetup = Record<string, never>;

/**
 * Contract for other plugins while the web app runs. Hooks work in every component of the web app.
 * Components are loaded when they are first shown.
 */
export interface ConnectorsUiStart {
  /** Authorizes a connector as the current user. */
  useOAuthAuthorize(options: AuthorizeHookOptions): AuthorizeHookResult;
  /** Ends the current user's authorization of a connector. */
  useOAuthDisconnect(options: DisconnectHookOptions): DisconnectHookResult;
  /** The current user's connection to a connector. */
  useConnectorStatus(connectorId: string): ConnectorStatus;
  /**
   * Returns `true` if users connect their own account to the connector. `undefined`: there is none.
   */
  usesOAuthAuthorizationCode(
    connector: { readonly auth_mode?: 'shared' | 'per-user' | undefined } | undefined,
  ): boolean;
  /**
   * Registers a function that lists what uses connectors. The question before a user disconnects
   * shows the list.
   */
  registerUses(load: LoadConnectorUses): void;
  readonly AuthorizeButton: ComponentType<AuthorizeButtonProps>;
  readonly AttemptNotice: ComponentType<AttemptNoticeProps>;
  readonly StatusBadge: ComponentType<StatusBadgeProps>;
  /** Button with which the current user chooses a site, for the status `needs_site`. */
  readonly ChooseSite: ComponentType<ChooseSiteProps>;
  readonly DisconnectDialog: ComponentType<DisconnectDialogProps>;
  /** Flyout that creates a connector. Needs the privilege `actions:create`. */
  readonly CreateFlyout: ComponentType<CreateConnectorProps>;
  /**
   * Flyout with the configuration, the test and the users of a connector. Shows the tabs that the
   * user may open, and says so if the connector does not exist.
   */
  readonly EditFlyout: ComponentType<EditConnectorProps>;
}
