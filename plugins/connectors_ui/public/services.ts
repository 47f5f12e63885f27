import { type ComponentType, createContext, createElement, type FC, useContext } from 'react';
import type { Attempts } from './authorization/index.ts';
import type { ConnectionChanges } from './connection_status/index.ts';
import type { ConnectorUsesRegistry } from './connector_uses/index.ts';

/** Objects that the pages of this plugin share, and that outlive every page. */
export interface Services {
  readonly attempts: Attempts;
  readonly changes: ConnectionChanges;
  readonly uses: ConnectorUsesRegistry;
}

/** React context that gives the pages of this plugin access to {@link Services}. */
export const ServicesContext = createContext<Services | undefined>(undefined);

/**
 * Returns the services of this plugin.
 * @throws TypeError outside {@link ServicesContext}, which tests must provide
 */
export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) {
    throw new TypeError('useServices() needs a ServicesContext above the component');
  }
  return services;
}

/** Wraps a component in a {@link ServicesContext}. */
export function withServices<Props extends object>(
  Component: ComponentType<Props>,
  services: () => Services,
): FC<Props> {
  return function WithServices(props: Props) {
    return createElement(
      ServicesContext.Provider,
      { value: services() },
      createElement(Component, props),
    );
  };
}
