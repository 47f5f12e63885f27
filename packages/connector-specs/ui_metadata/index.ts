export { addMeta, getMeta, setMeta, type UiMeta } from './ui_meta.ts';
export { UISchemas } from './ui_schemas.ts';
