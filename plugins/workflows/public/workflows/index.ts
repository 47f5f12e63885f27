export { WorkflowsPage } from './workflows_page.tsx';
