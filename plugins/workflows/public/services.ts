import type { ConnectorsUiStart } from '@latchkey/connectors-ui-plugin/public';
import { type ComponentType, createContext, createElement, type FC, useContext } from 'react';

/** Contracts of other plugins that the pages of this plugin use. */
export interface Services {
  readonly connectorsUi: ConnectorsUiStart;
}

/** React context that gives the pages of this plugin access to {@link Services}. */
export const ServicesContext = createContext<Services | undefined>(undefined);

/**
 * Returns the services of this plugin.
 * @throws TypeError outside {@link ServicesContext}, which tests must provide
 */
export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined)
    throw new TypeError('useServices() needs a ServicesContext above the component');
  return services;
}

/** Wraps a component in a {@link ServicesContext}. */
export function withServices(Component: ComponentType, services: () => Services): FC {
  return function WithServices() {
    return createElement(ServicesContext.Provider, { value: services() }, createElement(Component));
  };
}
