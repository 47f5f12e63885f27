export { requestFixtures as contractFixtures } from '../../contract_tests/request_fixtures.ts';
