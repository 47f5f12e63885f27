/**
 * Origins of the test providers. Both the handles of `startDevProviders` and the description that
 * `main.ts` prints have this form.
 */
export interface EmulatorOrigins {
  readonly google: { readonly origin: string };
  readonly ears: { readonly origin: string };
}

/** Google's hosts that connectors and their default settings use. */
const GOOGLE_ORIGINS = [
  'https://accounts.google.com',
  'https://oauth2.googleapis.com',
  'https://openidconnect.googleapis.com',
  'https://www.googleapis.com',
  'https://gmail.googleapis.com',
];

/**
 * Returns server settings that use the test providers instead of the real services. The keys are
 * dotted, as in `kibana.yml`. `*` keeps public hosts reachable; the loopback names are listed
 * because a private address needs a literal entry.
 */
export function devServerSettings(emulators: EmulatorOrigins): Record<string, unknown> {
  const { google, ears } = emulators;
  return {
    'xpack.actions.auth.ears.url': ears.origin,
    'xpack.actions.allowedHosts': ['*', 'localhost', '127.0.0.1'],
    'xpack.actions.dev.hostOverrides': Object.fromEntries(
      GOOGLE_ORIGINS.map((origin) => [origin, google.origin]),
    ),
  };
}
