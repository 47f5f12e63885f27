export { connectorChange, type TextChange } from './connector_text.ts';
export { type LanguageData, toLanguageData } from './language_data.ts';
export type { Problem } from './problem.ts';
