/** A value in the text of a KQL query. */
export interface KqlLiteral {
  /** Text after escapes were replaced. */
  readonly text: string;
  /** Quoted text has no wildcards, and `null`, `true` and numbers in quotes are text. */
  readonly quoted: boolean;
  /** Text pieces between wildcards; one piece if the literal has none. */
  readonly pieces: readonly string[];
  /** Start and end in the query, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Operator of a range query. */
export type KqlRangeOperator = '<' | '<=' | '>' | '>=';

/** A parsed KQL query. `bare` is a value without a field. */
export type KqlNode =
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly KqlNode[] }
  | { readonly kind: 'not'; readonly node: KqlNode }
  | { readonly kind: 'is'; readonly field: KqlLiteral; readonly value: KqlLiteral }
  | {
      readonly kind: 'range';
      readonly field: KqlLiteral;
      readonly operator: KqlRangeOperator;
      readonly value: KqlLiteral;
    }
  | { readonly kind: 'nested'; readonly field: KqlLiteral; readonly node: KqlNode }
  | { readonly kind: 'bare'; readonly value: KqlLiteral };

/** A query that does not follow the grammar. */
export class KqlSyntaxError extends Error {
  override readonly name = 'KqlSyntaxError';
  /** Where the query cannot be read, in UTF-16 units from its start. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
