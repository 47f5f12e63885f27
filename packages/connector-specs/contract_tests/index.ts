export type { AccountCall, ContractFixtures } from './fixtures.ts';
export { loadFixtures } from './load_fixtures.ts';
