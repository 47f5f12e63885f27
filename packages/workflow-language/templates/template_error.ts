/**
 * - `syntax`: the template cannot be read.
 * - `render`: a filter or tag failed.
 * - `time`: the limit of time was reached.
 * - `memory`: the limit of memory was reached.
 * - `size`: the rendered text is longer than its limit.
 */
export type TemplateErrorKind = 'syntax' | 'render' | 'time' | 'memory' | 'size';

/** A template that cannot be read or rendered. The message has no position and no template text. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly kind: TemplateErrorKind;
  /** Where the fault is, in UTF-16 units from the start of the template; absent if unknown. */
  readonly offset: number | undefined;

  constructor(kind: TemplateErrorKind, message: string, offset?: number) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}
