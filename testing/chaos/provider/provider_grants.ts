import { randomBytes } from 'node:crypto';
import type { Connection } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import { CANARY } from '../history/recorder.ts';

/** All tokens that descend from one authorization. */
export interface Family extends Connection {
  readonly id: string;
  readonly client: string;
  isAlive: boolean;
}

interface IssuedToken {
  readonly family: Family;
  readonly kind: 'refresh_token' | 'access_token';
  isSpent: boolean;
  isExpired: boolean;
}

/** Tokens of a successful token request. */
export interface IssuedTokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
}

/**
 * Lifetime of access tokens on the provider's clock, which all workers share unless theirs is
 * skewed.
 */
const LIFETIME_SECONDS = 3600;

/**
 * Grants of an authorization server with the strictest rules: refresh tokens are single-use, and
 * presenting a used one ends the whole family.
 */
export class ProviderGrants {
  readonly #recorder: Recorder;
  readonly #codes = new Map<string, Connection & { readonly client: string }>();
  readonly #tokens = new Map<string, IssuedToken>();
  readonly #families: Family[] = [];
  readonly #familyOfCode = new Map<string, string>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Issues a code as if the user had consented. */
  issueCode(connection: Connection, client: string): string {
    const code = secret('code');
    this.#codes.set(code, { ...connection, client });
    return code;
  }

  /** `undefined`: unknown, used, or of another client. */
  redeem(code: string, client: string): (IssuedTokens & { readonly family: string }) | undefined {
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    if (known === undefined || known.client !== client) return undefined;
    const { user, connector } = known;
    const family: Family = {
      id: `f${this.#families.length + 1}`,
      user,
      connector,
      client,
      isAlive: true,
    };
    this.#families.push(family);
    this.#familyOfCode.set(code, family.id);
    this.#recorder.record({ type: 'issued', family: family.id, client, user, connector });
    return { ...this.#issue(family), family: family.id };
  }

  /** Family that a code led to; `undefined`: none. */
  familyOf(code: string): string | undefined {
    return this.#familyOfCode.get(code);
  }

  /** Rotates the token, or ends the family. */
  refresh(
    token: string,
    client: string,
  ):
    | { readonly result: 'rotated'; readonly tokens: IssuedTokens }
    | { readonly result: 'reuse' | 'refused' } {
    const known = this.#tokens.get(token);
    if (known?.kind !== 'refresh_token' || known.family.client !== client)
      return { result: 'refused' };
    if (known.isSpent) {
      this.end(known.family, 'reuse');
      return { result: 'reuse' };
    }
    if (!known.family.isAlive) return { result: 'refused' };
    known.isSpent = true;
    return { result: 'rotated', tokens: this.#issue(known.family) };
  }

  /** RFC 7009: revoking a refresh token ends its family, revoking an access token only itself. */
  revoke(token: string): void {
    const known = this.#tokens.get(token);
    if (known === undefined) return;
    if (known.kind === 'refresh_token') this.end(known.family, 'revoked');
    else known.isExpired = true;
  }

  end(family: Family, cause: 'reuse' | 'revoked' | 'injected'): void {
    if (!family.isAlive) return;
    family.isAlive = false;
    this.#recorder.record({ type: 'family_ended', family: family.id, cause });
  }

  find(token: string): { readonly family: Family; readonly isGood: boolean } | undefined {
    const known = this.#tokens.get(token);
    if (known === undefined) return undefined;
    const { family, isExpired, kind } = known;
    return { family, isGood: family.isAlive && !isExpired && kind === 'access_token' };
  }

  /** Makes every access token of these connections fail with a 401. */
  expireAccessTokens(isAffected: (connection: Connection) => boolean): void {
    for (const token of this.#tokens.values()) {
      if (token.kind === 'access_token' && isAffected(token.family)) token.isExpired = true;
    }
  }

  aliveFamilies(connection: Connection): Family[] {
    return this.#families.filter(
      (family) =>
        family.isAlive &&
        family.user === connection.user &&
        family.connector === connection.connector,
    );
  }

  /** Removes ended families with their tokens. Call it when nobody can present them any more. */
  removeEnded(): void {
    for (const [token, { family }] of this.#tokens) if (!family.isAlive) this.#tokens.delete(token);
    this.#familyOfCode.clear();
  }

  #issue(family: Family): IssuedTokens {
    const tokens: IssuedTokens = {
      access_token: secret(`at-${family.id}`),
      refresh_token: secret(`rt-${family.id}`),
      token_type: 'Bearer',
      expires_in: LIFETIME_SECONDS,
    };
    const fresh = { family, isSpent: false, isExpired: false };
    this.#tokens.set(tokens.access_token, { ...fresh, kind: 'access_token' });
    this.#tokens.set(tokens.refresh_token, { ...fresh, kind: 'refresh_token' });
    return tokens;
  }
}

function secret(name: string): string {
  return `${CANARY}-${name}-${randomBytes(12).toString('hex')}`;
}
