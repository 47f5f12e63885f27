export type { LocalProviderOptions } from './entry/provider_entry.mock.ts';
export { aLocalProvider, aProvider, sampleConfigOf } from './entry/provider_entry.mock.ts';
