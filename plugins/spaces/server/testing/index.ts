/** The entry point for the tools in `testing/`: the stores, which builds of e2e tests change. */
export { DeletionStore } from '../deletion/index.ts';
export { SpaceStore } from '../spaces/index.ts';
