/** A regular expression of a step and the texts to search. */
export interface PatternRequest {
  /** At most 10,000 characters. */
  readonly pattern: string;
  readonly flags: string;
  /** Each of at most 100,000 characters. */
  readonly texts: readonly string[];
  /** Text that replaces each match; absent: only find the first match of each text. */
  readonly replacement?: string;
}

/** Result for one text of a {@link PatternRequest}. */
export interface PatternResult {
  /**
   * The first match: the whole match, then the groups. Absent: there is none, or a replacement was
   * requested.
   */
  readonly groups?: readonly (string | undefined)[];
  /** Named groups of the first match. */
  readonly named?: Readonly<Record<string, string | undefined>>;
  /** The text after the replacement; only if one was requested. */
  readonly replaced?: string;
  /** Number of replaced matches; only if a replacement was requested. */
  readonly count?: number;
}

/** Runs regular expressions where they cannot stop the process. */
export interface PatternMatcher {
  /**
   * Results in the order of the texts.
   * @throws StepFailure `InvalidPattern` if the pattern cannot be read, `PatternTimeout` if it
   * takes longer than a second, `OutputTooLarge` if its matches or the replaced texts are too
   * large, `PatternFailed` if it needs too much memory, `PatternProcessFailed` if its process ends
   */
  match(request: PatternRequest): Promise<readonly PatternResult[]>;
}
