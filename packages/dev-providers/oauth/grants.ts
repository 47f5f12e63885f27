import { fingerprint } from '../faults/index.ts';
import { randomValue } from './one_time_values.ts';

/** The account and the app of a grant. A provider may add fields. */
export interface GrantOwner {
  readonly account: string;
  readonly clientId: string;
}

/** All tokens that descend from one authorization. */
export type Grant<O extends GrantOwner = GrantOwner> = O & {
  readonly id: string;
  /** `true` until {@link Grants} ends the grant. */
  isAlive: boolean;
};

/** The two kinds of token. */
export type TokenKind = 'access' | 'refresh';

/**
 * Reason why a grant ended. `reuse`: a used refresh token was presented. `injected`: the test ended
 * it.
 */
export type EndCause = 'reuse' | 'revoked' | 'injected';

/** Tokens of a successful token request. */
export interface IssuedTokens {
  readonly accessToken: string;
  /** New refresh token. `undefined`: the earlier one stays valid, or the app gets none. */
  readonly refreshToken: string | undefined;
  readonly lifetimeSeconds: number;
}

/** A token as the provider knows it. */
export interface KnownToken<O extends GrantOwner> {
  readonly grant: Grant<O>;
  readonly kind: TokenKind;
  /** Expiry in milliseconds since the epoch. Refresh tokens never expire. */
  readonly expiresAtMs: number;
  /** `true`: the provider would accept the token now. */
  readonly isValid: boolean;
}

/**
 * Result of a refresh. `reuse`: the refresh token was already used, which by default ends the
 * grant.
 */
export type Refreshed<O extends GrantOwner> =
  | { readonly result: 'rotated'; readonly grant: Grant<O>; readonly tokens: IssuedTokens }
  | { readonly result: 'reuse' | 'refused'; readonly grant: Grant<O> | undefined };

/** Rules of a provider. The defaults are the strictest rules. */
export interface GrantRules<O extends GrantOwner> {
  /** Clock of the provider. If it stands at one instant, access tokens end only by a call. */
  readonly now: () => Date;
  /**
   * `true`: refresh tokens can be used once, and by default a second use ends the grant. Default:
   * `true`.
   */
  readonly rotates?: boolean | undefined;
  /**
   * `true`: a refresh issues a new refresh token, although the old one stays valid. Default:
   * `false`.
   */
  readonly reissues?: boolean | undefined;
  /** Milliseconds for which a used refresh token is still accepted. Default: 0. */
  readonly reuseGraceMs?: number | undefined;
  /**
   * `true`: the second use of a refresh token ends the grant. `false`: it is only refused. Default:
   * `true`.
   */
  readonly reuseEndsGrant?: boolean | undefined;
  /** Beginning of the ids of grants, which a number follows. Default: `grant-`. */
  readonly idPrefix?: string | undefined;
  /**
   * Returns the text of a new token. `count`: number of its token response. Default: 256 random
   * bits.
   */
  readonly newToken?: ((kind: TokenKind, grant: Grant<O>, count: number) => string) | undefined;
  /** Called once for every grant that ends. */
  readonly onEnd?: ((grant: Grant<O>, cause: EndCause) => void) | undefined;
}

interface Stored<O extends GrantOwner> {
  readonly text: string;
  readonly grant: Grant<O>;
  readonly kind: TokenKind;
  isSpent: boolean;
  spentAtMs: number;
  expiresAtMs: number;
}

type Matches<O extends GrantOwner> = (grant: Grant<O>) => boolean;

/** Grants of a test provider with their tokens: issue, rotation, reuse detection, revocation. */
export class Grants<O extends GrantOwner = GrantOwner> {
  readonly #rules: GrantRules<O>;
  readonly #grants = new Set<Grant<O>>();
  readonly #tokens = new Map<string, Stored<O>>();
  #grantCount = 0;
  #issueCount = 0;

  constructor(rules: GrantRules<O>) {
    this.#rules = rules;
  }

  /** Creates a grant without tokens, as after the consent of a user. */
  open(owner: O): Grant<O> {
    this.#grantCount += 1;
    const id = `${this.#rules.idPrefix ?? 'grant-'}${this.#grantCount}`;
    const grant: Grant<O> = { ...owner, id, isAlive: true };
    this.#grants.add(grant);
    return grant;
  }

  /** Issues an access token, and a refresh token unless the app gets none. */
  issue(
    grant: Grant<O>,
    { lifetimeSeconds = 3600, offline = true }: IssueOptions = {},
  ): IssuedTokens {
    this.#issueCount += 1;
    const nowMs = this.#rules.now().getTime();
    const accessToken = this.#add(grant, 'access', nowMs + lifetimeSeconds * 1000);
    const refreshToken = offline ? this.#add(grant, 'refresh', Infinity) : undefined;
    return { accessToken, refreshToken, lifetimeSeconds };
  }

  /**
   * Uses a refresh token.
   * @param clientId the authenticated client; `undefined`: the provider does not authenticate
   * clients
   */
  refresh(token: string, clientId: string | undefined, options: IssueOptions = {}): Refreshed<O> {
    const stored = this.#tokens.get(token);
    if (stored?.kind !== 'refresh') return { result: 'refused', grant: undefined };
    const { grant } = stored;
    if (clientId !== undefined && grant.clientId !== clientId)
      return { result: 'refused', grant: undefined };
    const {
      rotates = true,
      reissues = false,
      reuseGraceMs = 0,
      reuseEndsGrant = true,
    } = this.#rules;
    const nowMs = this.#rules.now().getTime();
    if (stored.isSpent && nowMs >= stored.spentAtMs + reuseGraceMs) {
      if (reuseEndsGrant) this.end(grant, 'reuse');
      return { result: 'reuse', grant };
    }
    if (!grant.isAlive) return { result: 'refused', grant };
    if (rotates && !stored.isSpent) {
      stored.isSpent = true;
      stored.spentAtMs = nowMs;
    }
    const offline = rotates || reissues;
    return { result: 'rotated', grant, tokens: this.issue(grant, { ...options, offline }) };
  }

  /** Finds a token. `undefined`: the provider never issued it, or has removed it. */
  find(token: string): KnownToken<O> | undefined {
    const stored = this.#tokens.get(token);
    if (stored === undefined) return undefined;
    const { grant, kind, expiresAtMs } = stored;
    return { grant, kind, expiresAtMs, isValid: this.#isValid(stored) };
  }

  /**
   * Revokes a token (RFC 7009).
   * @param reach `token`: a refresh token ends its grant, an access token only itself; `grant`: any
   * token ends its grant; `account`: any token ends all grants of its account and app
   * @returns the grant of the token; `undefined`: unknown token or ended grant
   */
  revoke(token: string, reach: RevocationReach = 'token'): Grant<O> | undefined {
    const stored = this.#tokens.get(token);
    if (stored === undefined || !stored.grant.isAlive) return undefined;
    const { grant, kind } = stored;
    if (reach === 'token' && kind === 'access') stored.expiresAtMs = 0;
    else this.end(grant, 'revoked');
    if (reach === 'account') {
      for (const other of this.live((one) => isOfSameApp(one, grant))) this.end(other, 'revoked');
    }
    return grant;
  }

  /** Ends a grant with all its tokens. Does nothing when it has already ended. */
  end(grant: Grant<O>, cause: EndCause = 'revoked'): void {
    if (!grant.isAlive) return;
    grant.isAlive = false;
    this.#rules.onEnd?.(grant, cause);
  }

  /**
   * Ends access tokens and keeps their grants.
   * @returns the number of tokens that were still valid
   */
  expireAccessTokens(matches: Matches<O> = () => true): number {
    const affected = this.#valid('access').filter(({ grant }) => matches(grant));
    for (const stored of affected) stored.expiresAtMs = 0;
    return affected.length;
  }

  /**
   * Ends one access token by its {@link fingerprint}. Returns `false` when no such token is valid.
   */
  rejectAccessToken(tokenHash: string): boolean {
    const stored = this.#valid('access').find(({ text }) => fingerprint(text) === tokenHash);
    if (stored === undefined) return false;
    stored.expiresAtMs = 0;
    return true;
  }

  /** Returns grants that have not ended, oldest first. */
  live(matches: Matches<O> = () => true): readonly Grant<O>[] {
    return [...this.#grants].filter((grant) => grant.isAlive && matches(grant));
  }

  /** Refresh tokens that the provider would accept, oldest first. */
  get refreshTokens(): readonly string[] {
    return this.#valid('refresh').map(({ text }) => text);
  }

  /** Removes ended grants with their tokens. Call this when no caller can present them any more. */
  removeEnded(): void {
    for (const grant of this.#grants) if (!grant.isAlive) this.#grants.delete(grant);
    for (const [text, { grant }] of this.#tokens) if (!grant.isAlive) this.#tokens.delete(text);
  }

  #add(grant: Grant<O>, kind: TokenKind, expiresAtMs: number): string {
    const text = this.#rules.newToken?.(kind, grant, this.#issueCount) ?? randomValue();
    this.#tokens.set(text, { text, grant, kind, isSpent: false, spentAtMs: 0, expiresAtMs });
    return text;
  }

  #valid(kind: TokenKind): Stored<O>[] {
    return [...this.#tokens.values()].filter((one) => one.kind === kind && this.#isValid(one));
  }

  #isValid({ grant, isSpent, expiresAtMs }: Stored<O>): boolean {
    return grant.isAlive && !isSpent && expiresAtMs > this.#rules.now().getTime();
  }
}

interface IssueOptions {
  /** Lifetime of the access token in seconds. Default: one hour. */
  readonly lifetimeSeconds?: number;
  /** `true`: the app gets a refresh token. Default: `true`. */
  readonly offline?: boolean;
}

/** Extent of the revocation of one token; see {@link Grants.revoke}. */
export type RevocationReach = 'token' | 'grant' | 'account';

const isOfSameApp = (one: GrantOwner, other: GrantOwner): boolean =>
  one.account === other.account && one.clientId === other.clientId;
