export { AppIntl } from './app_intl.tsx';
export { LanguageStore } from './language_store.ts';
export { type LanguageTexts, loadTexts } from './load_messages.ts';
