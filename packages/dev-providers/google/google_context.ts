import type { Emulator } from './emulator.ts';
import type { GrantStore } from './grant_store.ts';

/** Settings that can change while the emulator runs. */
export interface GoogleSettings {
  /** Real lifetime of new access tokens in seconds, also sent as `expires_in`. Default: 3,600. */
  accessTokenLifetimeSeconds: number;
  /** Sent as `iss` and written into ID tokens. The real one, because connectors run unchanged. */
  issuer: string;
  /**
   * Refuses flows without PKCE, which Google accepts, so that a missing challenge is noticed.
   * Default: true.
   */
  requirePkce: boolean;
  /**
   * As Google: a second authorization without `prompt=consent` gives no refresh token. Default:
   * true.
   */
  refreshTokenOnlyAfterConsent: boolean;
  /**
   * Extent of a revocation: the grant of the token (default), or all grants of that user and app.
   */
  revocationReach: 'grant' | 'app';
}

/** Services that the Google endpoints use. */
export interface GoogleContext {
  readonly origin: string;
  readonly emulator: Emulator;
  readonly grantStore: GrantStore;
  readonly settings: GoogleSettings;
  readonly now: () => Date;
  readonly isCallbackAllowed: (redirectUri: string) => boolean;
}
