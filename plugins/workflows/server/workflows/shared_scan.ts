interface Scans<T> {
  /** Began before the present callers, so it may lack what they have changed. */
  readonly running: Promise<T>;
  /** Begins after it, for all callers until then. */
  next?: Promise<T>;
}

/** A scan whose result many callers share. At most one runs for each key. */
export class SharedScan<T> {
  readonly #scan: (key: string) => Promise<T>;
  readonly #scans = new Map<string, Scans<T>>();

  constructor(scan: (key: string) => Promise<T>) {
    this.#scan = scan;
  }

  /** The result of a scan that begins after this call. */
  result(key: string): Promise<T> {
    const scans = this.#scans.get(key);
    if (scans === undefined) return this.#start(key);
    const ended = scans.running.then(
      () => undefined,
      () => undefined,
    );
    scans.next ??= ended.then(() => this.#start(key));
    return scans.next;
  }

  #start(key: string): Promise<T> {
    const running = this.#scan(key);
    const scans: Scans<T> = { running };
    this.#scans.set(key, scans);
    const end = (): void => {
      // The next scan replaces it.
      if (scans.next === undefined) this.#scans.delete(key);
    };
    running.then(end, end);
    return running;
  }
}
