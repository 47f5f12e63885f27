export { TemplatePicker } from './template_picker.tsx';
export { templatesOf, type WorkflowTemplate } from './workflow_templates.ts';
