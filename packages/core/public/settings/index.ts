export { useLanguageOptions } from './use_language_options.ts';
export { UserSettingsStore } from './user_settings_store.ts';
