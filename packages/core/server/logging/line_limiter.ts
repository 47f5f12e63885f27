import type { Clock } from '../time/index.ts';

/** The source of a log line. Lines of one source are limited together. */
export interface LineSource {
  /** Kind of the line, from a small closed set, for example `login_failed`. */
  readonly kind: string;
  /** Network of the client. `undefined`: lines of all networks are counted together. */
  readonly network: string | undefined;
  /**
   * Name of an existing user. Lines about other users, however many, never use up the limit of this
   * user.
   */
  readonly username?: string | undefined;
}

/**
 * Common properties of the lines that were left out. `undefined`: the lines had different values.
 */
export interface SkippedLines {
  readonly count: number;
  readonly network: string | undefined;
  readonly username: string | undefined;
}

/** Writes one line that replaces the lines that were left out. */
export type WriteSummary = (skipped: SkippedLines) => void;

interface Stream {
  written: number;
  skipped: number;
  readonly network: string | undefined;
  readonly username: string | undefined;
  summary: WriteSummary;
}

const WINDOW_MS = 60_000;
/** Lines per window that are written for one kind and network. Further lines are only counted. */
const MAX_LINES = 20;
/**
 * Maximum number of streams per window, so that many sources cannot fill the memory. Further
 * sources share one stream per kind and user, and beyond {@link MAX_STREAMS_OF_USERS} one per kind.
 */
const MAX_STREAMS = 1_000;
const MAX_STREAMS_OF_USERS = 10_000;

/**
 * Limits how many lines clients can make the server write. For each kind, network and user, the
 * first lines of a minute are written and the others are counted. One line at the end of the minute
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
  admits(source: LineSource, summary: WriteSummary): boolean {
    const stream = this.#streamOf(source, summary);
    if (stream.written < MAX_LINES) {
      stream.written += 1;
      return true;
    }
    stream.skipped += 1;
    stream.summary = summary;
    return false;
  }

  /** Writes the summaries so far and starts a new window. Call this before the process ends. */
  flush(): void {
    this.#window?.abort();
    this.#window = undefined;
    const streams = this.#streams;
    this.#streams = new Map();
    for (const { skipped, network, username, summary } of streams.values()) {
      if (skipped > 0) summary({ count: skipped, network, username });
    }
  }

  #streamOf(source: LineSource, summary: WriteSummary): Stream {
    const { kind } = source;
    const whole = { network: source.network, username: source.username };
    const ofUser = { network: undefined, username: source.username };
    const ofKind = { network: undefined, username: undefined };
    return (
      this.#existing(kind, whole) ??
      this.#created({ kind, ...whole }, summary, MAX_STREAMS) ??
      this.#existing(kind, ofUser) ??
      this.#created({ kind, ...ofUser }, summary, MAX_STREAMS_OF_USERS) ??
      this.#existing(kind, ofKind) ??
      this.#open({ kind, ...ofKind }, summary)
    );
  }

  #existing(kind: string, part: Pick<Stream, 'network' | 'username'>): Stream | undefined {
    return this.#streams.get(keyOf({ kind, ...part }));
  }

  /** Creates a stream. `undefined`: there are `limit` streams already. */
  #created(source: SharedSource, summary: WriteSummary, limit: number): Stream | undefined {
    return this.#streams.size < limit ? this.#open(source, summary) : undefined;
  }

  #open(source: SharedSource, summary: WriteSummary): Stream {
    const { network, username } = source;
    const stream = { written: 0, skipped: 0, network, username, summary };
    this.#streams.set(keyOf(source), stream);
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

type SharedSource = Pick<LineSource, 'kind'> & Pick<Stream, 'network' | 'username'>;

/**
 * Returns the key of a source. Neither networks nor names contain a NUL character, so it separates
 * the parts.
 */
const keyOf = ({ kind, network = '', username = '' }: SharedSource): string =>
  `${kind}\0${network}\0${username}`;
