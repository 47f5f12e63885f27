export { WorkflowsApp } from './workflows_app.tsx';
