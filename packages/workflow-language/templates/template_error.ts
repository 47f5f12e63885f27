/**
 * Reason of a template error.
 * - `syntax`: the template cannot be parsed.
 * - `render`: a filter or tag failed.
 * - `time`: the time limit was reached.
 * - `memory`: the memory limit was reached.
 * - `size`: the rendered text is longer than its limit.
 */
export type TemplateErrorKind = 'syntax' | 'render' | 'time' | 'memory' | 'size';

/**
 * Thrown when a template cannot be parsed or rendered. The message contains no position and no text
 * of the template.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly kind: TemplateErrorKind;
  /** Offset of the fault, in UTF-16 units from the start of the template. `undefined`: unknown. */
  readonly offset: number | undefined;

  constructor(kind: TemplateErrorKind, message: string, offset?: number) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}

/** Start of the message about several expressions in one text that begins with `${{`. */
export const ONE_EXPRESSION = 'Only one expression can keep its type.';
