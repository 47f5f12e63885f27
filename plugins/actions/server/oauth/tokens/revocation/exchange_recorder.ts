import type { Clock } from '@latchkey/core/server';
import { CONFLICT, retryConflicts } from '@latchkey/saved-objects';
import type { EntryReader } from './entry_reader.ts';
import { withExchanges } from './exchanged_tokens.ts';
import type { EntryAddress, RevocationEntries } from './revocation_entries.ts';
import type { WaitingToken } from './revocation_type.ts';

/**
 * Time after which an exchange is assumed to have ended, in milliseconds. Longer than a request
 * plus the difference between the clocks of two servers.
 */
const EXCHANGE_MS = 5 * 60_000;
/** Maximum number of writes after conflicts. */
const MAX_ATTEMPTS = 20;

/** Stores the state of exchanges in one entry, before and after the request of each exchange. */
export class ExchangeRecorder {
  readonly #entries: RevocationEntries;
  readonly #reader: EntryReader;
  readonly #clock: Clock;

  constructor(deps: {
    readonly entries: RevocationEntries;
    readonly reader: EntryReader;
    readonly clock: Clock;
  }) {
    this.#entries = deps.entries;
    this.#reader = deps.reader;
    this.#clock = deps.clock;
  }

  /**
   * Marks a refresh token before its exchange. `false`: the exchange must not begin, because
   * another process has begun one or has removed the token since the token was read, or because the
   * entry was changed again and again.
   * @throws SavedObjectError when the store is unavailable; the exchange must not begin then
   */
  begin(address: EntryAddress, { token, exchangingUntil }: WaitingToken): Promise<boolean> {
    const until = new Date(this.#clock.now() + EXCHANGE_MS).toISOString();
    return this.#change(address, (tokens) => {
      const own = tokens.find((other) => other.token === token);
      if (own === undefined || own.exchangingUntil !== exchangingUntil) return undefined;
      return tokens.map((other) =>
        other.token === token ? { ...other, exchangingUntil: until } : other,
      );
    });
  }

  /**
   * Replaces an exchanged token by the issued ones. `false`: the entry no longer contains it, or
   * was changed again and again.
   * @throws SavedObjectError
   */
  store(address: EntryAddress, token: string, issued: readonly WaitingToken[]): Promise<boolean> {
    const exchanges = { issued: new Map([[token, issued]]), failed: new Set<string>() };
    return this.#change(address, (tokens) =>
      tokens.some((other) => other.token === token) ? withExchanges(tokens, exchanges) : undefined,
    );
  }

  /**
   * Changes the tokens of the entry.
   * @param change returns the new tokens of a grant. `undefined`: the grant stays unchanged
   * @returns `false` if no grant was changed
   */
  #change(
    { id, key }: EntryAddress,
    change: (tokens: readonly WaitingToken[]) => WaitingToken[] | undefined,
  ): Promise<boolean> {
    return retryConflicts<boolean>(
      async () => {
        const entry = await this.#reader.read({ id, key });
        if (entry === undefined) return false;
        let isChanged = false;
        const pending = entry.attributes.pending.map((grant) => {
          const tokens = change(grant.tokens);
          isChanged ||= tokens !== undefined;
          return tokens === undefined ? grant : { ...grant, tokens };
        });
        if (!isChanged) return false;
        return (await this.#entries.update(entry, { pending })) === undefined ? CONFLICT : true;
      },
      { attempts: MAX_ATTEMPTS, contended: () => false },
    );
  }
}
