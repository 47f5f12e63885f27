import type { SpaceDataHandler, SpacesSetup, SpacesStart } from './types.ts';

/** A mock of the setup contract that records the registered handlers. */
export interface SpacesSetupMock extends SpacesSetup {
  readonly handlers: readonly SpaceDataHandler[];
}

/** Creates the setup mock. */
export function createSpacesSetupMock(): SpacesSetupMock {
  const handlers: SpaceDataHandler[] = [];
  return { handlers, registerDataHandler: (handler) => void handlers.push(handler) };
}

/** A mock of the start contract whose spaces a test can open and close. */
export interface SpacesStartMock extends SpacesStart {
  /** Ids of the open spaces, in addition to `default`. */
  readonly open: Set<string>;
}

/** @param spaces ids of spaces in addition to `default` */
export function createSpacesStartMock(spaces: readonly string[] = []): SpacesStartMock {
  const open = new Set(spaces);
  const exists = async (id: string) => id === 'default' || open.has(id);
  return { open, exists, isOpen: exists };
}
