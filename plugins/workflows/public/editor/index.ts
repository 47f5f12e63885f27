export { EditorPage } from './editor_page.tsx';
export { NewWorkflowPage } from './new_workflow_page.tsx';
