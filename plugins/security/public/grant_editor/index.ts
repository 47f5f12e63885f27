export { GrantEditor } from './grant_editor.tsx';
export { type FeatureName, useSpaceName } from './grant_panel.tsx';
