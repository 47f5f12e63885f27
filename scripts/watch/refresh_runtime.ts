import {
  createSignatureFunctionForTransform,
  injectIntoGlobalHook,
  isLikelyComponentType,
  performReactRefresh,
  register,
} from 'react-refresh/runtime';

// Replaces components of a running page by new versions and keeps their state. Runs in the browser,
// only under `npm run watch`. The compiler adds calls of `register` and `createSignature`.
export { createSignatureFunctionForTransform as createSignature, register };

/** Makes React report its renderers and roots. Call it before React is loaded. */
export const install = (): void => injectIntoGlobalHook(globalThis as never);

/** Draws the new versions. Components whose hooks changed start anew, with their children. */
export const refresh = performReactRefresh;

/** Tells if a module exports nothing but components, so that only they depend on it. */
export function isBoundary(exports: Readonly<Record<string, unknown>>): boolean {
  const entries = Object.entries(exports);
  return (
    entries.length > 0 &&
    entries.every(([name, value]) => /^[A-Z]/.test(name) && isLikelyComponentType(value))
  );
}
