/** A value in the text of a KQL query. */
export interface KqlLiteral {
  /** Text of the literal, with escapes replaced. */
  readonly text: string;
  /**
   * `true`: the literal is quoted. It has no wildcards, and `null`, `true` and numbers in it are
   * texts.
   */
  readonly quoted: boolean;
  /** Parts of the text between wildcards. Without wildcards, there is one part. */
  readonly pieces: readonly string[];
  /** Start of the literal in the query, in UTF-16 units. `end` is exclusive. */
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

/** Thrown for a query that does not follow the grammar. */
export class KqlSyntaxError extends Error {
  override readonly name = 'KqlSyntaxError';
  /** Offset of the first character that cannot be read, in UTF-16 units. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
