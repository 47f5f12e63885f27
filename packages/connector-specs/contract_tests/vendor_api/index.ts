export { withBodyParts } from './body_parts.ts';
export { discoverySource, fromDiscovery, isDiscovery, requiredFields } from './discovery.ts';
export { VendorDescription } from './extract_facts.ts';
export type { OperationFacts, VendorFacts, VendorSource } from './facts.ts';
export {
  entryOfRoute,
  factsKeyOf,
  type Overlay,
  positionalRoute,
  requestsOf,
  type VendorManifest,
} from './manifest.ts';
export { withOverlays } from './overlays.ts';
export { sentDocuments } from './sent_documents.ts';
