export { RunPage } from './run_page.tsx';
