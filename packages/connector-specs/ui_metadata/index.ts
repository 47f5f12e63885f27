export { addMeta, getMeta, setMeta, type UiMeta } from './ui_meta.ts';
export { MAX_URL_LENGTH, UISchemas } from './ui_schemas.ts';
