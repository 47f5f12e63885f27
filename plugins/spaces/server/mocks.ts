import type { SpacesSetup, SpacesStart } from './types.ts';

/** A set-up contract whose spaces a test can delete. */
export interface SpacesSetupMock extends SpacesSetup {
  /** Calls every listener, as deleting a space would, and resolves when they are done. */
  announceDelete(spaceId: string): Promise<void>;
}

/** The set-up double; nobody listens until a test registers somebody. */
export function createSpacesSetupMock(): SpacesSetupMock {
  const listeners: ((spaceId: string) => Promise<void>)[] = [];
  return {
    onSpaceDelete: (listener) => void listeners.push(listener),
    announceDelete: async (spaceId) => {
      for (const listener of listeners) await listener(spaceId);
    },
  };
}

/** @param spaces those that exist beside `default` */
export function createSpacesStartMock(spaces: readonly string[] = []): SpacesStart {
  return { exists: async (id) => id === 'default' || spaces.includes(id) };
}
