import type { ConnectorsUiStart } from '@latchkey/connectors-ui-plugin/public';
import { type ComponentType, createContext, createElement, type FC, useContext } from 'react';

/** Contracts of other plugins that the pages of this plugin use. */
export interface Services {
  readonly connectorsUi: ConnectorsUiStart;
}

/** Gives the pages of this plugin access to {@link Services}. */
export const ServicesContext = createContext<Services | undefined>(undefined);

/**
 * Services of this plugin.
 * @throws TypeError outside of its pages: a test must provide {@link ServicesContext}
 */
export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined)
    throw new TypeError('useServices() needs a ServicesContext above the component');
  return services;
}

/** The component with {@link ServicesContext} above it. */
export function withServices(Component: ComponentType, services: () => Services): FC {
  return function WithServices() {
    return createElement(ServicesContext.Provider, { value: services() }, createElement(Component));
  };
}
