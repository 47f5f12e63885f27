/** Record of one request. Never contains a token, a code, a query string or a body. */
export interface RequestRecord {
  readonly at: Date;
  /** Name of the endpoint as listed in the README, for example `token` or `drive`. */
  readonly endpoint: string;
  readonly method: string;
  /** Path without the query, which may contain codes and states. */
  readonly path: string;
  /**
   * `responded`: a status was sent. `dropped`: the connection was closed. `pending`: still running,
   * or held open by an injected fault.
   */
  state: 'pending' | 'responded' | 'dropped';
  /** HTTP status of the response. `undefined` until it was sent. */
  status: number | undefined;
  /** E-mail address of the user to whom the token or code belongs; `undefined`: unknown. */
  account: string | undefined;
  /** OAuth client id. `undefined`: the request names none. */
  clientId: string | undefined;
  /** Parameter `grant_type`. `undefined`: the request has none. */
  grantType: string | undefined;
  /**
   * Fingerprint of the token presented: the access token at an API, the refresh token at a token
   * endpoint, the token to revoke at a revocation endpoint. `undefined`: the request presents no
   * token.
   */
  tokenHash: string | undefined;
  /** OAuth or EARS error code of the response; `undefined` on success. */
  error: string | undefined;
}

/** Selects requests; every given field must match. */
export interface RequestFilter {
  readonly endpoint?: string | undefined;
  readonly account?: string | undefined;
  readonly grantType?: string | undefined;
}

const MAX_RECORDS = 20_000;

/** Keeps the last requests of one test provider, oldest first, and counts all of them. */
export class RequestRecorder {
  readonly #now: () => Date;
  #records: RequestRecord[] = [];
  readonly #counts = new Map<string, number>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Opens a record. The caller fills it while the request runs. */
  begin(request: Pick<RequestRecord, 'endpoint' | 'method' | 'path'>): RequestRecord {
    const record: RequestRecord = {
      at: this.#now(),
      ...request,
      state: 'pending',
      status: undefined,
      account: undefined,
      clientId: undefined,
      grantType: undefined,
      tokenHash: undefined,
      error: undefined,
    };
    this.#counts.set(record.endpoint, (this.#counts.get(record.endpoint) ?? 0) + 1);
    this.#records.push(record);
    // Half of the records are removed in one step, so that a long run does not shift the array at
    // every request.
    if (this.#records.length > MAX_RECORDS) this.#records = this.#records.slice(MAX_RECORDS / 2);
    return record;
  }

  /**
   * Returns copies of the records, so that a later response does not change what a test has read.
   */
  requests(filter: RequestFilter = {}): RequestRecord[] {
    return this.#records
      .filter(
        (record) =>
          (filter.endpoint === undefined || record.endpoint === filter.endpoint) &&
          (filter.account === undefined || record.account === filter.account) &&
          (filter.grantType === undefined || record.grantType === filter.grantType),
      )
      .map((record) => ({ ...record }));
  }

  /**
   * Returns the number of requests per endpoint since the start or the last {@link clear}. It
   * includes requests whose record was removed.
   */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#records = [];
    this.#counts.clear();
  }
}
