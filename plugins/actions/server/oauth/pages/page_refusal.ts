import { localize } from '@latchkey/core/common';
import { HttpError } from '@latchkey/core/server';
import type { FilledText } from './page_parts.ts';

/** A refused request for a page. Programs get the English text. */
export class PageRefusal extends HttpError {
  /** For the log. */
  readonly code: string;
  readonly filled: FilledText;

  constructor(
    statusCode: number,
    {
      code,
      headers,
      ...filled
    }: FilledText & {
      readonly code: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) {
    super(
      statusCode,
      localize(filled.text, 'en', filled.values),
      headers === undefined ? {} : { headers },
    );
    this.code = code;
    this.filled = filled;
  }
}
