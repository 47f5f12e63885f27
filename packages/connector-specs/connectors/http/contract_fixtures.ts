export { requestFixtures as contractFixtures } from '../../contract_tests/fixtures.ts';
