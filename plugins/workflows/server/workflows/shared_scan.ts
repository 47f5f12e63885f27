interface Scans<T> {
  /** The scan in progress. It may lack changes of later callers. */
  readonly running: Promise<T>;
  /** The next scan. It begins when the running one ends, and all callers until then share it. */
  next?: Promise<T>;
}

/** Lets many callers share the result of a scan. For each key, only one scan runs at a time. */
export class SharedScan<T> {
  readonly #scan: (key: string) => Promise<T>;
  readonly #scans = new Map<string, Scans<T>>();

  constructor(scan: (key: string) => Promise<T>) {
    this.#scan = scan;
  }

  /**
   * Returns the result of a scan that begins after this call, so that it includes earlier changes
   * of the caller.
   */
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
      // If a next scan waits, it takes the place of this scan.
      if (scans.next === undefined) this.#scans.delete(key);
    };
    running.then(end, end);
    return running;
  }
}
