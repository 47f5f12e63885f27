/** Where the stand-ins are; the handles of `startDevProviders` fit, and so do the addresses printed by `main.ts`. */
export interface EmulatorOrigins {
  readonly google: { readonly origin: string };
  readonly ears: { readonly origin: string };
}

/** Hosts of Google that connectors and their defaults name. */
const GOOGLE_ORIGINS = [
  'https://accounts.google.com',
  'https://oauth2.googleapis.com',
  'https://openidconnect.googleapis.com',
  'https://www.googleapis.com',
  'https://gmail.googleapis.com',
];

/**
 * Development settings under which a server uses the stand-ins in place of the real services. Dotted keys, as `kibana.yml` has
 * them. `*` keeps public hosts reachable; the loopback names are listed because a private address needs a literal entry.
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
