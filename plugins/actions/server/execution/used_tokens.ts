import { normalizeAuthorizationHeaderValue } from '@latchkey/connector-specs';
import type { UsableToken } from '../oauth/tokens/index.ts';

/**
 * The tokens of one execution, by header value. They identify the token of a rejected request, and
 * all of them are redacted in the output.
 */
export class UsedTokens {
  readonly #tokens = new Map<string, UsableToken>();

  /**
   * Adds a token that this execution sends.
   * @returns the header value in the spelling that servers expect
   */
  add(token: UsableToken): string {
    const value = normalizeAuthorizationHeaderValue(token.authorization);
    this.#tokens.set(value, token);
    return value;
  }

  /**
   * Returns the fingerprint of a used token. `undefined`: not a token of this execution, for
   * example a header that a handler set itself.
   */
  tokenFingerprintOfHeader(authorization: unknown): string | undefined {
    if (typeof authorization !== 'string') return undefined;
    return this.#tokens.get(authorization)?.fingerprint;
  }

  get isEmpty(): boolean {
    return this.#tokens.size === 0;
  }

  /** The token, if exactly one was used. */
  get only(): UsableToken | undefined {
    return this.#tokens.size === 1 ? this.#tokens.values().next().value : undefined;
  }

  /** Complete header values. */
  values(): readonly string[] {
    return [...this.#tokens.keys()];
  }
}
