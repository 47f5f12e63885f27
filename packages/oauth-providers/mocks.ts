export { aProvider } from './entry/provider_entry.mock.ts';
