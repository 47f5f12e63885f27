/** The entry point for the tools in `testing/`: what builds of e2e tests change. */
export { DeletionStore, SpaceDeletions } from '../deletion/index.ts';
export { SpaceStore } from '../spaces/index.ts';
