import { localize } from '@latchkey/core/common';
import { HttpError } from '@latchkey/core/server';
import type { FilledText } from './page_parts.ts';

/** Refuses a request for a page. Browsers get the translated text, programs the English one. */
export class PageRefusal extends HttpError {
  /** Code for the log. */
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
