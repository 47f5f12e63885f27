export { OverviewReader } from './overview_reader.ts';
export { registerOverviewRoute } from './overview_route.ts';
