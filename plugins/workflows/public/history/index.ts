export { ComparePage } from './compare_page.tsx';
export { RunsPage } from './runs_page.tsx';
