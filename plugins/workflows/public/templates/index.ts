export { TemplatePicker } from './template_picker.tsx';
export { templatesOf } from './workflow_templates.ts';
