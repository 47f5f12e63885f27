import { normalizeAuthorizationHeaderValue } from '@latchkey/connector-specs';
import type { UsableToken } from '../oauth/tokens/index.ts';

/**
 * The tokens of one execution, by value of the `Authorization` header. They tell which token a
 * rejected request contained, and all of them are hidden in the output.
 */
export class UsedTokens {
  readonly #tokens = new Map<string, UsableToken>();

  /**
   * Adds a token that this execution is about to send.
   * @returns the value of the `Authorization` header, in the spelling that servers expect
   */
  add(token: UsableToken): string {
    const value = normalizeAuthorizationHeaderValue(token.authorization);
    this.#tokens.set(value, token);
    return value;
  }

  /**
   * Returns the fingerprint of the token in a header value. `undefined`: the value contains no
   * token of this execution, for example because a handler set the header itself.
   */
  tokenFingerprintOfHeader(authorization: unknown): string | undefined {
    if (typeof authorization !== 'string') return undefined;
    return this.#tokens.get(authorization)?.fingerprint;
  }

  get isEmpty(): boolean {
    return this.#tokens.size === 0;
  }

  /** The token of the execution. `undefined`: the execution used none, or several. */
  get only(): UsableToken | undefined {
    return this.#tokens.size === 1 ? this.#tokens.values().next().value : undefined;
  }

  /** All values of the `Authorization` header. */
  values(): readonly string[] {
    return [...this.#tokens.keys()];
  }
}
