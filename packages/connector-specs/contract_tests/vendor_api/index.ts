export { VendorDescription } from './extract_facts.ts';
export type { VendorFacts, VendorSource } from './facts.ts';
export { operationsOf, type VendorManifest } from './manifest.ts';
export { withOverlays } from './overlays.ts';
