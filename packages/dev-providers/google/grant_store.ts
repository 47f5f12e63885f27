import { fingerprint } from '../faults/index.ts';

/** The consent of one user for one app. Once ended, it stays ended. */
export interface GoogleGrant {
  readonly account: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  alive: boolean;
}

/** An access token that the emulator accepts. */
export interface AccessRecord {
  readonly grant: GoogleGrant;
  /** Epoch milliseconds; in the past when the token was invalidated early. */
  expiresAtMs: number;
}

/** A code that was issued and not yet exchanged. */
export interface CodeRecord {
  readonly account: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly hasChallenge: boolean;
  /**
   * Google issues a refresh token only for `access_type=offline`, and only when the user was asked
   * for consent.
   */
  readonly issuesRefreshToken: boolean;
  readonly nonce: string | undefined;
  readonly expiresAtMs: number;
}

/** Selects access tokens; every given field must match. */
export interface AccessTokenFilter {
  readonly account?: string | undefined;
  readonly clientId?: string | undefined;
}

/**
 * Facts about tokens that the library does not store: owner, expiry, and grant. Keys are
 * fingerprints; the tokens themselves stay in the library.
 */
export class GrantStore {
  readonly #now: () => Date;
  readonly #access = new Map<string, AccessRecord>();
  readonly #refresh = new Map<string, GoogleGrant>();
  readonly #codes = new Map<string, CodeRecord>();
  readonly #consents = new Set<string>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  addCode(code: string, record: CodeRecord): void {
    this.#codes.set(fingerprint(code), record);
  }

  /** Finds a code without consuming it, for a caller that must still authenticate the client. */
  findCode(code: string): CodeRecord | undefined {
    const record = this.#codes.get(fingerprint(code));
    return record !== undefined && record.expiresAtMs > this.#now().getTime() ? record : undefined;
  }

  /** A code can be used once (RFC 6749 §4.1.2), even when the exchange fails. */
  spendCode(code: string): void {
    this.#codes.delete(fingerprint(code));
  }

  addAccessToken(token: string, grant: GoogleGrant, lifetimeSeconds: number): void {
    const expiresAtMs = this.#now().getTime() + lifetimeSeconds * 1000;
    this.#access.set(fingerprint(token), { grant, expiresAtMs });
  }

  addRefreshToken(token: string, grant: GoogleGrant): void {
    this.#refresh.set(fingerprint(token), grant);
  }

  /** `undefined`: unknown, expired or revoked. */
  findAccessToken(token: string): AccessRecord | undefined {
    const record = this.#access.get(fingerprint(token));
    if (record === undefined || !record.grant.alive) return undefined;
    return record.expiresAtMs > this.#now().getTime() ? record : undefined;
  }

  findRefreshToken(token: string): GoogleGrant | undefined {
    const grant = this.#refresh.get(fingerprint(token));
    return grant?.alive ? grant : undefined;
  }

  /** The grant of an access or refresh token, also of an expired access token. */
  findGrant(token: string): GoogleGrant | undefined {
    const key = fingerprint(token);
    const grant = this.#refresh.get(key) ?? this.#access.get(key)?.grant;
    return grant?.alive ? grant : undefined;
  }

  /**
   * Invalidates matching access tokens and keeps their grants. Returns how many were still valid.
   */
  expireAccessTokens(filter: AccessTokenFilter): number {
    const nowMs = this.#now().getTime();
    let ended = 0;
    for (const record of this.#access.values()) {
      const { grant } = record;
      if (filter.account !== undefined && grant.account !== filter.account) continue;
      if (filter.clientId !== undefined && grant.clientId !== filter.clientId) continue;
      if (record.expiresAtMs > nowMs && grant.alive) ended += 1;
      record.expiresAtMs = Math.min(record.expiresAtMs, nowMs);
    }
    return ended;
  }

  /**
   * Invalidates one access token by its fingerprint before its expiry. False when no such token is
   * valid.
   */
  rejectAccessToken(tokenHash: string): boolean {
    const record = this.#access.get(tokenHash);
    const nowMs = this.#now().getTime();
    if (record === undefined || record.expiresAtMs <= nowMs || !record.grant.alive) return false;
    record.expiresAtMs = nowMs;
    return true;
  }

  /**
   * Ends a grant with its refresh and access tokens. The next authorization asks the user for
   * consent again.
   */
  revokeGrantOf(grant: GoogleGrant): void {
    grant.alive = false;
    this.#consents.delete(consentKey(grant));
  }

  /** Grants that still have a refresh token, newest last. */
  liveGrants(filter: AccessTokenFilter): GoogleGrant[] {
    const grants = new Set(this.#refresh.values());
    return [...grants].filter(
      (grant) =>
        grant.alive &&
        (filter.account === undefined || grant.account === filter.account) &&
        (filter.clientId === undefined || grant.clientId === filter.clientId),
    );
  }

  rememberConsent(consent: Consent): void {
    this.#consents.add(consentKey(consent));
  }

  hasConsent(consent: Consent): boolean {
    return this.#consents.has(consentKey(consent));
  }
}

type Consent = Pick<GoogleGrant, 'account' | 'clientId'> & { readonly scopes: readonly string[] };

const consentKey = (consent: Consent): string =>
  JSON.stringify([consent.account, consent.clientId, [...consent.scopes].sort()]);
