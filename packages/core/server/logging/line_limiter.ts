import type { Clock } from '../time/index.ts';

/** One stream of similar lines: what happened, and the network it came from. */
export interface LineSource {
  /** From a small closed set, for example `login_failed`. */
  readonly kind: string;
  readonly network: string;
}

/**
 * Writes one line that replaces those left out. `network` is `undefined` when they came from
 * several.
 */
export type WriteSummary = (leftOut: number, network: string | undefined) => void;

interface Stream {
  written: number;
  leftOut: number;
  readonly network: string | undefined;
  summary: WriteSummary;
}

const WINDOW_MS = 60_000;
/** Lines of one kind and network that are written per window. Further ones are only counted. */
const MAX_LINES = 20;
/**
 * Maximum number of streams per window. Further streams of a kind share one, so that a flood cannot
 * fill the memory.
 */
const MAX_STREAMS = 1_000;

/**
 * Limits how much unauthenticated clients can make the server write. Per kind and network the first
 * lines of a minute are written and the others are counted. One line at the end of the minute
 * states their number.
 */
export class LineLimiter {
  readonly #clock: Pick<Clock, 'sleep'>;
  #streams = new Map<string, Stream>();
  #window: AbortController | undefined;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  /**
   * Returns `true` if the caller should write its line. Otherwise the line is counted, and
   * `summary` is called at the end of the minute.
   */
  admits({ kind, network }: LineSource, summary: WriteSummary): boolean {
    const stream = this.#streamOf(kind, network, summary);
    if (stream.written < MAX_LINES) {
      stream.written += 1;
      return true;
    }
    stream.leftOut += 1;
    stream.summary = summary;
    return false;
  }

  /** Writes the summaries so far and starts a new window. Call it before the process ends. */
  flush(): void {
    this.#window?.abort();
    this.#window = undefined;
    const streams = this.#streams;
    this.#streams = new Map();
    for (const { leftOut, network, summary } of streams.values()) {
      if (leftOut > 0) summary(leftOut, network);
    }
  }

  #streamOf(kind: string, network: string, summary: WriteSummary): Stream {
    const own = this.#streams.get(`${kind} ${network}`);
    if (own !== undefined) return own;
    const isShared = this.#streams.size >= MAX_STREAMS;
    const key = isShared ? `${kind} ` : `${kind} ${network}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const stream = { written: 0, leftOut: 0, network: isShared ? undefined : network, summary };
    this.#streams.set(key, stream);
    this.#beginWindow();
    return stream;
  }

  #beginWindow(): void {
    if (this.#window !== undefined) return;
    const window = new AbortController();
    this.#window = window;
    this.#clock.sleep(WINDOW_MS, window.signal).then(
      () => this.flush(),
      () => undefined,
    );
  }
}
