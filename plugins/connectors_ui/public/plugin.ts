import type { BrowserPlugin, CoreSetup, CoreStart } from '@latchkey/core/public';
import { defineMessages } from 'react-intl';
import { type Services, withServices } from './services.ts';
import type { ConnectorsUiSetup, ConnectorsUiStart } from './types.ts';

const messages = defineMessages({
  connectors: { id: 'connectorsUi.app.connectors', defaultMessage: 'Connectors' },
  myConnections: { id: 'connectorsUi.app.myConnections', defaultMessage: 'My connections' },
});

/** Pages about connectors and the user's own connections. */
export class ConnectorsUiPlugin implements BrowserPlugin<ConnectorsUiSetup, ConnectorsUiStart> {
  #services: Services | undefined;

  setup(core: CoreSetup): ConnectorsUiSetup {
    const services = (): Services => this.#startedServices();
    core.application.register({
      id: 'my_connections',
      path: '/app/my_connections',
      title: messages.myConnections,
      icon: 'user',
      order: 10,
      section: 'main',
      requiredPrivileges: ['actions:get'],
      mount: async () =>
        withServices((await import('./my_connections/index.ts')).MyConnectionsPage, services),
    });
    core.application.register({
      id: 'connectors',
      path: '/app/connectors',
      title: messages.connectors,
      icon: 'plugs',
      order: 20,
      section: 'main',
      requiredPrivileges: ['actions:get'],
      mount: async () =>
        withServices((await import('./connectors/index.ts')).ConnectorsPage, services),
    });
    return {};
  }

  start(_core: CoreStart): ConnectorsUiStart {
    this.#services = {};
    return {};
  }

  #startedServices(): Services {
    if (this.#services === undefined) throw new TypeError('The plugin has not been started');
    return this.#services;
  }
}
