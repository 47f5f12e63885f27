/** Kind of the text that is suggested, for its icon. */
export type SuggestionKind =
  | 'key'
  | 'value'
  | 'stepType'
  | 'trigger'
  | 'connector'
  | 'workflow'
  | 'variable'
  | 'filter'
  | 'tag'
  | 'operator';

/** A text that the author may want to write. */
export interface Suggestion {
  readonly kind: SuggestionKind;
  /** The text that is shown, and compared with what was typed. */
  readonly label: string;
  /** The text that replaces the range. May have several lines, with their indentation. */
  readonly insert: string;
  /** A few words: type of the value, name of the connector, … */
  readonly detail?: string;
  /** Sentences, with `code` in backticks. */
  readonly documentation?: string;
}

/** Suggestions for a range of the text, in UTF-16 units; the end is exclusive. */
export interface Suggestions {
  readonly start: number;
  readonly end: number;
  readonly items: readonly Suggestion[];
}

/** A suggestion with only those details that are known. */
export function suggestionOf(
  kind: SuggestionKind,
  label: string,
  more: {
    readonly insert?: string;
    readonly detail?: string | undefined;
    readonly documentation?: string | undefined;
  } = {},
): Suggestion {
  const { insert = label, detail, documentation } = more;
  return {
    kind,
    label,
    insert,
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined && { documentation }),
  };
}
