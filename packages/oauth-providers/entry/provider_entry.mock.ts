import { defineProvider } from './define_provider.ts';
import type { ProviderEntry, ProviderEntryInput } from './provider_entry.ts';

const SOURCES = {
  authorize: 'invented',
  token: 'invented',
  response: 'invented',
  account: 'invented',
  grantFacts: 'invented',
  lifetime: 'invented',
  refreshToken: 'invented',
  revocation: 'invented',
  failures: 'invented',
  api: 'invented',
} as const;

/** An invented provider on example.com that follows the RFCs. */
export const aProvider = (over: Partial<ProviderEntryInput> = {}): ProviderEntry =>
  defineProvider({
    name: 'example',
    displayName: 'Example',
    documentationUrl: 'https://example.com/docs',
    hosts: ['auth.example.com'],
    authorize: { url: 'https://auth.example.com/authorize' },
    token: { url: 'https://auth.example.com/token' },
    sources: SOURCES,
    ...over,
  });
