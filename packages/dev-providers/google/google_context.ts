import type { Emulator } from './emulator.ts';
import type { createGoogleServer, GoogleSettings } from './google_grants.ts';

/** Services that the Google endpoints use. */
export interface GoogleContext extends ReturnType<typeof createGoogleServer> {
  readonly origin: string;
  readonly emulator: Emulator;
  readonly settings: GoogleSettings;
  readonly now: () => Date;
  readonly isCallbackAllowed: (redirectUri: string) => boolean;
}
