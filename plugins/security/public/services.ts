import { type ComponentType, createContext, createElement, type FC, useContext } from 'react';
import type { ListSpaces } from './types.ts';

/** Functions that the pages of this plugin get from other plugins. */
export interface Services {
  readonly listSpaces: ListSpaces;
}

/** Reader of spaces until another plugin registers one. It knows only the default space. */
export const onlyDefaultSpace: ListSpaces = async () => [{ id: 'default', name: 'Default' }];

/** React context that gives the pages of this plugin access to {@link Services}. */
const ServicesContext = createContext<Services>({ listSpaces: onlyDefaultSpace });

/** Services of this plugin. */
export const useServices = (): Services => useContext(ServicesContext);

/** Wraps a component in a {@link ServicesContext}. */
export function withServices(Component: ComponentType, services: () => Services): FC {
  return function WithServices() {
    return createElement(ServicesContext.Provider, { value: services() }, createElement(Component));
  };
}
