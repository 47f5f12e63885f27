import { normalizeAuthorizationHeaderValue } from '@latchkey/connector-specs';
import { type AccessTokenRule, tokenHeader, tokenHeaderName } from '@latchkey/oauth-providers';
import type { UsableToken } from '../oauth/tokens/index.ts';

/**
 * The tokens of one execution, by value of the header that carries them. They tell which token a
 * rejected request contained, and all of them are hidden in the output.
 */
export class UsedTokens {
  readonly #tokens = new Map<string, UsableToken>();
  readonly #rule: AccessTokenRule | undefined;
  /** Name of the header that carries the tokens. */
  readonly header: string;

  /** @param rule of the provider. `undefined`: as in RFC 6750 */
  constructor(rule: AccessTokenRule | undefined) {
    this.#rule = rule;
    const name = tokenHeaderName(rule);
    // The spelling that the auth types and axios use, so that the header is not sent twice.
    this.header = name === 'authorization' ? 'Authorization' : name;
  }

  /**
   * Adds a token that this execution is about to send.
   * @returns the value of the header, in the spelling that servers expect
   */
  add(token: UsableToken): string {
    const authorization = normalizeAuthorizationHeaderValue(token.authorization);
    const { value } = tokenHeader(this.#rule, authorization);
    this.#tokens.set(value, token);
    return value;
  }

  /**
   * Returns the token in a header value. `undefined`: the value contains no token of this
   * execution, for example because a handler set the header itself.
   */
  tokenOfHeader(value: unknown): UsableToken | undefined {
    return typeof value === 'string' ? this.#tokens.get(value) : undefined;
  }

  get isEmpty(): boolean {
    return this.#tokens.size === 0;
  }

  /** The token of the execution. `undefined`: the execution used none, or several. */
  get only(): UsableToken | undefined {
    return this.#tokens.size === 1 ? this.#tokens.values().next().value : undefined;
  }

  /** All values of the header. */
  values(): readonly string[] {
    return [...this.#tokens.keys()];
  }
}
