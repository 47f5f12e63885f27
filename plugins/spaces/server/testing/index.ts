/** Entry point for the programs in `testing/`. Exports parts that builds for e2e tests change. */
export { DeletionStore, SpaceDeletions } from '../deletion/index.ts';
export { SpaceStore } from '../spaces/index.ts';
