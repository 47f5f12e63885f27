import type { Emulator } from './emulator.ts';
import type { GrantBook } from './grant_book.ts';

/** What may be changed while the stand-in runs. */
export interface GoogleSettings {
  /** Real lifetime of new access tokens, and what `expires_in` says. Default 3,600. */
  accessTokenLifetimeSeconds: number;
  /** Sent as `iss` and written into ID tokens; the real one, because connectors run unchanged. */
  issuer: string;
  /** Google accepts flows without PKCE; the stand-in does not, so that a forgotten challenge is noticed. Default true. */
  requirePkce: boolean;
  /** As Google: a second authorization without `prompt=consent` gives no refresh token. Default true. */
  refreshTokenOnlyAfterConsent: boolean;
  /** What one revoked token takes with it: its own grant (default), or all grants of that person and app. */
  revocationReach: 'grant' | 'app';
}

/** What the gate's endpoints work with. */
export interface Gate {
  readonly origin: string;
  readonly emulator: Emulator;
  readonly book: GrantBook;
  readonly settings: GoogleSettings;
  readonly now: () => Date;
  readonly isCallbackAllowed: (redirectUri: string) => boolean;
}
