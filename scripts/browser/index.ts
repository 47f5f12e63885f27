export { type BuiltApp, buildApp } from './build_app.ts';
export { reportBudget } from './report_budget.ts';
