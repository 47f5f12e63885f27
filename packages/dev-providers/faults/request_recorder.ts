/** What one request did. Never holds a token, a code, a query string or a body. */
export interface RequestRecord {
  readonly at: Date;
  /** Name of the endpoint as the stand-in's README lists it, for example `token` or `drive`. */
  readonly endpoint: string;
  readonly method: string;
  /** Without the query, which may carry codes and states. */
  readonly path: string;
  /** `answered` once a status was sent; `dropped`: the connection was cut; `pending`: still running, or left hanging. */
  state: 'pending' | 'answered' | 'dropped';
  /** `undefined` until answered. */
  status: number | undefined;
  /** E-mail address of the person the token or code belongs to; `undefined` when nobody was recognised. */
  account: string | undefined;
  clientId: string | undefined;
  grantType: string | undefined;
  /** Fingerprint of the token presented: access token at an API, refresh token at a token endpoint, the token at revocation. */
  tokenHash: string | undefined;
  /** OAuth or EARS error code of the answer; `undefined` on success. */
  error: string | undefined;
}

/** Which requests to look at; every field given must match. */
export interface RequestFilter {
  readonly endpoint?: string | undefined;
  readonly account?: string | undefined;
  readonly grantType?: string | undefined;
}

const MAX_RECORDS = 20_000;

/** Remembers the last requests of one stand-in, oldest first, and counts all of them. */
export class RequestRecorder {
  readonly #now: () => Date;
  #records: RequestRecord[] = [];
  readonly #counts = new Map<string, number>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Opens a record; the caller fills it while the request runs. */
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
    // Half at once, so that a long run does not pay for one shift per request.
    if (this.#records.length > MAX_RECORDS) this.#records = this.#records.slice(MAX_RECORDS / 2);
    return record;
  }

  /** Copies, so that a later answer does not change what a test already looked at. */
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

  /** Requests per endpoint since the start or the last {@link clear}, however many records were dropped. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#records = [];
    this.#counts.clear();
  }
}
