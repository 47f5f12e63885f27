import { type ComponentType, createContext, createElement, type FC, useContext } from 'react';
import type { ListSpaces } from './types.ts';

/** Functions that the pages of this plugin get from other plugins. */
export interface Services {
  readonly listSpaces: ListSpaces;
}

/** Used until another plugin registers a reader of spaces. */
export const onlyDefaultSpace: ListSpaces = async () => [{ id: 'default', name: 'Default' }];

/** Gives the pages of this plugin access to {@link Services}. */
const ServicesContext = createContext<Services>({ listSpaces: onlyDefaultSpace });

/** Services of this plugin. */
export const useServices = (): Services => useContext(ServicesContext);

/** The component with {@link ServicesContext} above it. */
export function withServices(Component: ComponentType, services: () => Services): FC {
  return function WithServices() {
    return createElement(ServicesContext.Provider, { value: services() }, createElement(Component));
  };
}
