export type { ApiDescription } from './api_description.ts';
export { resolveBaseUrl } from './base_url.ts';
export { composed, isComposed } from './composed.ts';
export { defineApi } from './define_api.ts';
export {
  bytes,
  choice,
  confirmed,
  fieldsOf,
  flag,
  flags,
  instant,
  nested,
  number,
  numbers,
  object,
  objects,
  option,
  optionalInteger,
  optionalText,
  pageCursor,
  pageNumber,
  pageSize,
  skipped,
  text,
  textOf,
  texts,
} from './fields.ts';
export { connectionOf, fieldOf } from './graphql_document.ts';
export { jsonText } from './json_text.ts';
export { isOperation, type OperationRequest } from './operation.ts';
export { type Pages, pageSchema } from './pages.ts';
export { renamed } from './renamed.ts';
export { OPERATION_TRANSLATIONS } from './translations.ts';
export { findInPages } from './walk_pages.ts';
