import { MANAGE_GRANTS } from '@latchkey/actions-plugin/common';
import {
  type BrowserPlugin,
  type CoreSetup,
  type CoreStart,
  defineMessages,
} from '@latchkey/core/public';
import { loadedDialog, loadedSection } from '@latchkey/core/public/loaded_part';
import type { ComponentType } from 'react';
import {
  useAuthorizeWith,
  useDisconnectWith,
  usesOAuthAuthorizationCode,
} from './authorization/index.ts';
import { overviewQuery, useConnectorStatus } from './connection_status/index.ts';
import { type Services, withServices } from './services.ts';
import { startServices } from './start_services.ts';
import type { ConnectorsUiSetup, ConnectorsUiStart } from './types.ts';

const messages = defineMessages({
  connectors: { id: 'connectorsUi.app.connectors', defaultMessage: 'Connectors' },
  grants: { id: 'connectorsUi.app.grants', defaultMessage: 'Authorizations' },
  myConnections: { id: 'connectorsUi.app.myConnections', defaultMessage: 'My connections' },
});

/** Pages about connectors and the user's own connections. */
export class ConnectorsUiPlugin implements BrowserPlugin<ConnectorsUiSetup, ConnectorsUiStart> {
  #services: Services | undefined;

  setup(core: CoreSetup): ConnectorsUiSetup {
    core.application.register({
      id: 'my_connections',
      path: '/app/my_connections',
      title: messages.myConnections,
      icon: 'link',
      order: 10,
      section: 'main',
      requiredPrivileges: ['actions:get'],
      mount: this.#withServices(
        async () => (await import('./my_connections/index.ts')).MyConnectionsPage,
      ),
    });
    core.application.register({
      id: 'connectors',
      path: '/app/connectors',
      title: messages.connectors,
      icon: 'plugs',
      order: 20,
      section: 'main',
      requiredPrivileges: ['actions:get'],
      mount: this.#withServices(async () => (await import('./connectors/index.ts')).ConnectorsPage),
    });
    core.application.register({
      id: 'grants',
      path: '/app/grants',
      title: messages.grants,
      icon: 'key',
      order: 40,
      section: 'administration',
      requiredPrivileges: [MANAGE_GRANTS],
      mount: this.#withServices(async () => (await import('./grants/index.ts')).GrantsPage),
    });
    core.chrome.registerHeaderItem({
      id: 'connections_attention',
      side: 'right',
      order: 10,
      load: this.#withServices(async () => (await import('./attention/index.ts')).AttentionItem),
    });
    return {};
  }

  start(core: CoreStart): ConnectorsUiStart {
    const services = startServices(core, window);
    this.#services = services;
    // Requested before the first page is rendered, because the header of every page shows a part of
    // it.
    if (core.application.can('actions:get')) {
      void core.queryClient.prefetchQuery(overviewQuery(core.http));
    }
    return {
      useOAuthAuthorize: (options) => useAuthorizeWith(services.attempts, options),
      useOAuthDisconnect: (options) => useDisconnectWith(services.changes.announce, options),
      useConnectorStatus,
      usesOAuthAuthorizationCode,
      registerUses: (load) => services.uses.register(load),
      AuthorizeButton: loadedSection(
        async () => (await import('./authorization_views/index.ts')).AuthorizeButton,
      ),
      AttemptNotice: loadedSection(
        async () => (await import('./authorization_views/index.ts')).AttemptNotice,
      ),
      StatusBadge: loadedSection(
        async () => (await import('./connection_controls/index.ts')).StatusBadge,
      ),
      ChooseSite: loadedSection(async () => {
        const { ChooseSite } = await import('./site_choice/index.ts');
        return withServices(ChooseSite, () => services);
      }),
      DisconnectDialog: loadedDialog(
        async () => (await import('./authorization_views/index.ts')).DisconnectDialog,
      ),
      CreateFlyout: loadedDialog(async () => {
        const { CreateConnector } = await import('./connector_flyout/index.ts');
        return withServices(CreateConnector, () => services);
      }),
      EditFlyout: loadedDialog(async () => {
        const { EditConnector } = await import('./connector_flyout/index.ts');
        return withServices(EditConnector, () => services);
      }),
    };
  }

  #withServices(load: () => Promise<ComponentType>): () => Promise<ComponentType> {
    return async () => withServices(await load(), () => this.#startedServices());
  }

  #startedServices(): Services {
    if (this.#services === undefined)
      throw new TypeError('The plugin connectors_ui was used before start() was called');
    return this.#services;
  }
}
