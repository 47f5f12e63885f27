import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** The search is a POST that changes nothing. */
export const contractFixtures: ContractFixtures = { queries: ['searchMessages'] };
