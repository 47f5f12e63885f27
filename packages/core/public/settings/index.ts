export { UserSettingsStore } from './user_settings_store.ts';
