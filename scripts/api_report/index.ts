export { buildReports } from './build_reports.ts';
