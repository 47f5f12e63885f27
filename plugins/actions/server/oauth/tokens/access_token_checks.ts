import { type Clock, createLruCache } from '@latchkey/core/server';
import type { AccessTokenState } from '@latchkey/oauth-client';
import type { ProviderClient } from '../strategies/index.ts';
import { grantId } from './grants/grant_key.ts';
import { tokenFingerprint } from './grants/grant_record.ts';
import type { RecordWithToken } from './refresh/refresh_request.ts';

const MAX_GRANTS = 10_000;
/**
 * Minimum time between two checks of one token, in milliseconds. Without it, each execution with a
 * path that rejects the account would cause a request to the provider.
 */
const BACKOFF_MS = 60_000;

interface Check {
  readonly fingerprint: string;
  readonly state: Promise<AccessTokenState>;
  /** Start of the check on the monotonic clock, in milliseconds. */
  readonly since: number;
}

/**
 * Asks the provider whether access tokens that an API has rejected are valid. Asks at most once per
 * token and minute, with one request at a time for each grant. Callers share the result.
 */
export class AccessTokenChecks {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #checks = createLruCache<string, Check>(MAX_GRANTS);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /**
   * Returns the state of the token at the provider. Returns `unknown` if the provider has no
   * userinfo endpoint, or if the endpoint rejects the token and the account is unknown, because the
   * endpoint may reject every token of this client.
   */
  async stateOf(record: RecordWithToken, client: ProviderClient): Promise<AccessTokenState> {
    const state = await this.#check(record, client);
    return state === 'rejected' && record.account === undefined ? 'unknown' : state;
  }

  #check(record: RecordWithToken, client: ProviderClient): Promise<AccessTokenState> {
    if (client.checkAccessToken === undefined) return Promise.resolve('unknown');
    const id = grantId(record.key);
    const fingerprint = tokenFingerprint(record.accessToken);
    const known = this.#checks.get(id);
    const now = this.#clock.monotonic();
    if (known?.fingerprint === fingerprint && now < known.since + BACKOFF_MS) return known.state;
    const state = client.checkAccessToken(record.accessToken);
    this.#checks.set(id, { fingerprint, state, since: now });
    return state;
  }
}
