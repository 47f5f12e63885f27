export type { Space, SpacesSetup, SpacesStart } from './types.ts';
