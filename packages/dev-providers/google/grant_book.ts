import { fingerprint } from '../faults/index.ts';

/** What one person allowed one app. Ends once, for good. */
export interface GoogleGrant {
  readonly account: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  alive: boolean;
}

/** An access token the gate lets through. */
export interface AccessRecord {
  readonly grant: GoogleGrant;
  /** Epoch milliseconds; in the past once ended early. */
  expiresAtMs: number;
}

/** A code that was handed out and not yet spent. */
export interface CodeRecord {
  readonly account: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly hasChallenge: boolean;
  /** Google hands out a refresh token only for `access_type=offline`, and only when the person was asked. */
  readonly issuesRefreshToken: boolean;
  readonly nonce: string | undefined;
  readonly expiresAtMs: number;
}

/** What may be asked of access tokens; every field given must match. */
export interface AccessTokenFilter {
  readonly account?: string | undefined;
  readonly clientId?: string | undefined;
}

/**
 * What the emulator does not remember about tokens: whose they are, when they end, and which of them end together. Keys are
 * fingerprints; the tokens themselves stay with the emulator.
 */
export class GrantBook {
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

  /** Looks without spending, for a caller that still has to check who asks. */
  findCode(code: string): CodeRecord | undefined {
    const record = this.#codes.get(fingerprint(code));
    return record !== undefined && record.expiresAtMs > this.#now().getTime() ? record : undefined;
  }

  /** A code is good once (RFC 6749 §4.1.2), whatever comes of the exchange. */
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

  /** `undefined` for unknown, expired and revoked tokens alike. */
  findAccessToken(token: string): AccessRecord | undefined {
    const record = this.#access.get(fingerprint(token));
    if (record === undefined || !record.grant.alive) return undefined;
    return record.expiresAtMs > this.#now().getTime() ? record : undefined;
  }

  findRefreshToken(token: string): GoogleGrant | undefined {
    const grant = this.#refresh.get(fingerprint(token));
    return grant?.alive ? grant : undefined;
  }

  /** The grant behind either kind of token, expired access tokens included. */
  findGrant(token: string): GoogleGrant | undefined {
    const key = fingerprint(token);
    const grant = this.#refresh.get(key) ?? this.#access.get(key)?.grant;
    return grant?.alive ? grant : undefined;
  }

  /** Ends matching access tokens now; their grants live on. Returns how many were still good. */
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

  /** Ends one access token by its fingerprint, as a provider does in mid-life. False when there is no such live token. */
  rejectAccessToken(tokenHash: string): boolean {
    const record = this.#access.get(tokenHash);
    const nowMs = this.#now().getTime();
    if (record === undefined || record.expiresAtMs <= nowMs || !record.grant.alive) return false;
    record.expiresAtMs = nowMs;
    return true;
  }

  /** Ends a grant: its refresh and access tokens die, and the next authorization asks the person again. */
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
