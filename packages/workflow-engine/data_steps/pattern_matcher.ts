/** A regular expression of a step, and the texts in which it searches. */
export interface PatternRequest {
  /** At most 10,000 characters long. */
  readonly pattern: string;
  readonly flags: string;
  /** Texts of at most 100,000 characters each. */
  readonly texts: readonly string[];
  /** Text that replaces each match. Absent: only the first match of each text is searched. */
  readonly replacement?: string;
}

/** Result for one text of a {@link PatternRequest}. */
export interface PatternResult {
  /**
   * The first match: the whole match, then its groups. Absent: there is no match, or a replacement
   * was requested.
   */
  readonly groups?: readonly (string | undefined)[];
  /** Named groups of the first match. */
  readonly named?: Readonly<Record<string, string | undefined>>;
  /** The text with replaced matches. Present only if a replacement was requested. */
  readonly replaced?: string;
  /** Number of replaced matches. Present only if a replacement was requested. */
  readonly count?: number;
}

/** Runs regular expressions in such a way that they cannot block the process. */
export interface PatternMatcher {
  /**
   * Matches a pattern. Returns results in the order of the texts.
   * @throws StepFailure `InvalidPattern` if the pattern cannot be read, `PatternTimeout` if it
   *   takes longer than a second, `OutputTooLarge` if its matches or the replaced texts are too
   *   large, `PatternFailed` if it needs too much memory, `PatternProcessFailed` if its process
   *   ends
   */
  match(request: PatternRequest): Promise<readonly PatternResult[]>;
}
