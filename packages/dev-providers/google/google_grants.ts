import { AuthorizationServer, type Grant, Grants } from '../oauth/index.ts';
import { googleClients } from './clients.ts';
import { type IdTokenOwner, IdTokenSigner } from './id_token.ts';

/** Settings that can change while the emulator runs. */
export interface GoogleSettings {
  /**
   * Lifetime of new access tokens in seconds. They really expire after it, and it is also sent as
   * `expires_in`. Default: 3,600.
   */
  accessTokenLifetimeSeconds: number;
  /**
   * Issuer that is sent as `iss` and written into ID tokens. It is the real one of Google, because
   * connectors run unchanged.
   */
  issuer: string;
  /**
   * `true`: flows without PKCE, which Google accepts, are refused, so that a missing challenge is
   * noticed. Default: `true`.
   */
  requirePkce: boolean;
  /**
   * `true`: like at Google, a second authorization without `prompt=consent` gives no refresh token.
   * Default: `true`.
   */
  refreshTokenOnlyAfterConsent: boolean;
  /**
   * Extent of a revocation: the grant of the token (default), or all grants of that user and app.
   */
  revocationReach: 'grant' | 'app';
}

/** The user, the app and the scopes of an authorization. */
export interface GoogleOwner extends IdTokenOwner {
  /** `true`: the app asked for a refresh token and gets one. */
  readonly offline: boolean;
}

/** The consent of one user for one app. */
export type GoogleGrant = Grant<GoogleOwner>;

/** Selects grants; every given field must match. */
export interface GrantFilter {
  readonly account?: string | undefined;
  readonly clientId?: string | undefined;
}

/** Scopes that users have consented to, until they revoke them. */
class Consents {
  readonly #keys = new Set<string>();

  add(owner: GoogleOwner): void {
    this.#keys.add(consentKey(owner));
  }

  has(owner: GoogleOwner): boolean {
    return this.#keys.has(consentKey(owner));
  }

  /** Removes the consent, so that the next authorization asks the user again. */
  remove(owner: GoogleOwner): void {
    this.#keys.delete(consentKey(owner));
  }
}

const consentKey = ({ account, clientId, scopes }: GoogleOwner): string =>
  JSON.stringify([account, clientId, [...scopes].sort()]);

/**
 * Creates the grants and the token endpoint with Google's rules: refresh tokens are not rotated,
 * and a revocation ends the grant.
 */
export function createGoogleServer(settings: GoogleSettings, now: () => Date) {
  const consents = new Consents();
  const signer = new IdTokenSigner({ issuer: () => settings.issuer, now });
  const grants = new Grants<GoogleOwner>({
    now,
    rotates: false,
    onEnd: (grant) => consents.remove(grant),
  });
  const server = new AuthorizationServer<GoogleOwner>({
    grants,
    now,
    secretOf: (id) => googleClients.find(({ clientId }) => clientId === id)?.clientSecret,
    lifetimeSeconds: () => settings.accessTokenLifetimeSeconds,
    describe: async (grant, isFirst) => ({
      scope: grant.scopes.join(' '),
      ...(isFirst && grant.scopes.includes('openid') ? { id_token: await signer.sign(grant) } : {}),
    }),
    revocationReach: () => (settings.revocationReach === 'app' ? 'account' : 'grant'),
    refusesUnknownTokens: true,
    redirectUriError: 'redirect_uri_mismatch',
  });
  const liveGrants = (filter: GrantFilter): readonly GoogleGrant[] =>
    grants.live((grant) => grant.offline && matches(filter, grant));
  return { consents, signer, grants, server, liveGrants };
}

/** Returns `true` when every given field of the filter matches. */
export const matches = (filter: GrantFilter, grant: GrantFilter): boolean =>
  (filter.account === undefined || grant.account === filter.account) &&
  (filter.clientId === undefined || grant.clientId === filter.clientId);
