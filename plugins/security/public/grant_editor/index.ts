export type { FeatureName } from './grant_panel.tsx';
export { GrantsField } from './grants_field.tsx';
