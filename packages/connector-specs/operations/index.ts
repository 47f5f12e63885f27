export type { ApiDescription, ApiErrors } from './api_description.ts';
export { type Api, defineApi } from './define_api.ts';
export { jsonText } from './json_text.ts';
export { isOperation, type Operation, type OperationOptions } from './operation.ts';
export type { Page, Pages } from './pages.ts';
export { OPERATION_TRANSLATIONS, RAW_TRANSLATIONS } from './translations.ts';
