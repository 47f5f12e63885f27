import type { VendorFacts } from './facts.ts';
import type { Overlay } from './manifest.ts';

/**
 * The facts with corrections of the vendor's description.
 * @throws Error when a correction names a part that does not exist
 */
export function withOverlays(facts: VendorFacts, overlays: readonly Overlay[]): VendorFacts {
  const corrected: VendorFacts = structuredClone(facts);
  for (const { route, at, value } of overlays) {
    const last = at.at(-1);
    const parent = at.slice(0, -1).reduce<unknown>(stepOf, corrected.operations[route]);
    if (last === undefined || typeof parent !== 'object' || parent === null) {
      throw new Error(`overlay of [${route}]: there is no ${at.join('.')}`);
    }
    Reflect.set(parent, last, value);
  }
  return corrected;
}

function stepOf(value: unknown, step: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
}
