export { GrantEditor } from './grant_editor.tsx';
export type { FeatureName } from './grant_panel.tsx';
