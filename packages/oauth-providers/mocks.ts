export type { LocalProviderFacts } from './entry/provider_entry.mock.ts';
export { aLocalProvider, aProvider } from './entry/provider_entry.mock.ts';
