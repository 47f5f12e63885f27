export { resolveBaseUrl } from './base_url.ts';
export { defineApi } from './define_api.ts';
export { confirmed, flag, number, text, within } from './fields.ts';
export { jsonText } from './json_text.ts';
export { isOperation, type OperationRequest } from './operation.ts';
export type { Pages } from './pages.ts';
export { isTemporaryFailure } from './send.ts';
export { OPERATION_TRANSLATIONS, RAW_TRANSLATIONS } from './translations.ts';
