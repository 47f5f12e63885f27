export { GrantsField } from './grants_field.tsx';
