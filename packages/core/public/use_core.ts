import { createContext, useContext } from 'react';
import type { CoreStart } from './types.ts';

/** Gives the pages of the web app access to {@link CoreStart}. */
export const CoreContext = createContext<CoreStart | undefined>(undefined);

/**
 * Returns the services of the web app.
 * @throws TypeError outside of the web app: a test must provide {@link CoreContext}
 */
export function useCore(): CoreStart {
  const core = useContext(CoreContext);
  if (core === undefined) throw new TypeError('useCore() needs a CoreContext above the component');
  return core;
}
