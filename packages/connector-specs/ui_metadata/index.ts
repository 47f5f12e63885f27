export {
  addMeta,
  getMeta,
  setMeta,
  type UiCondition,
  type UiMeta,
  type UiSection,
} from './ui_meta.ts';
export { UISchemas } from './ui_schemas.ts';
