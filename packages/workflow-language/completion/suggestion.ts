/** Kind of a suggestion, which determines its icon. */
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

/** A text that the author can insert. */
export interface Suggestion {
  readonly kind: SuggestionKind;
  /** Text that the list shows, and that is compared with what the author has typed. */
  readonly label: string;
  /** Text that replaces the range. Several lines include their indentation. */
  readonly insert: string;
  /** Short text, such as the type of the value or the name of the connector. */
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

/** Creates a suggestion from the details that are defined. */
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
