import {
  createSignatureFunctionForTransform,
  injectIntoGlobalHook,
  isLikelyComponentType,
  performReactRefresh,
  register,
} from 'react-refresh/runtime';

// Replaces the components of a running page by new versions and keeps their state. This code runs
// in the browser, only under `npm run watch`. The compiler adds calls of `register` and
// `createSignature`.
export { createSignatureFunctionForTransform as createSignature, register };

/** Makes React report its renderers and roots. Call this before React is loaded. */
export const install = (): void => injectIntoGlobalHook(globalThis as never);

/**
 * Renders the page with the new versions of changed components. A component whose hooks have
 * changed loses its state and that of its children.
 */
export const refresh = performReactRefresh;

/** Returns `true` if a module exports nothing but components, so that only they depend on it. */
export function isBoundary(exports: Readonly<Record<string, unknown>>): boolean {
  const entries = Object.entries(exports);
  return (
    entries.length > 0 &&
    entries.every(([name, value]) => /^[A-Z]/.test(name) && isLikelyComponentType(value))
  );
}
