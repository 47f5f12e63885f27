import { normalizeAuthorizationHeaderValue } from '@latchkey/connector-specs';
import type { UsableToken } from '../types.ts';

/**
 * The tokens one execution has been given, by the header value they go out as. So a refused request can name the token it was
 * refused with, and none of them can come back in the output.
 */
export class UsedTokens {
  readonly #tokens = new Map<string, UsableToken>();

  /** @returns the header value in the spelling servers expect */
  remember(token: UsableToken): string {
    const value = normalizeAuthorizationHeaderValue(token.authorization);
    this.#tokens.set(value, token);
    return value;
  }

  /** `undefined`: not a token of this execution, for example a header that a handler set itself. */
  fingerprintOf(authorization: unknown): string | undefined {
    if (typeof authorization !== 'string') return undefined;
    return this.#tokens.get(authorization)?.fingerprint;
  }

  get isEmpty(): boolean {
    return this.#tokens.size === 0;
  }

  /** Complete header values. */
  values(): readonly string[] {
    return [...this.#tokens.keys()];
  }
}
