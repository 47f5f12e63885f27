import type { DocumentPath } from '../document/document_positions.ts';
import { ignoredFilters, loneBackslashes, printedDollars } from '../templates/silent_syntax.ts';
import type { Findings } from './diagnostic.ts';

/**
 * Reports what Liquid reads in another way than authors expect, without an error.
 * @param text a template that can be parsed
 */
export function checkSilentSyntax(findings: Findings, path: DocumentPath, text: string): void {
  for (const start of loneBackslashes(text)) {
    const quote = text.charAt(start);
    const replacement = `${quote}\\\\${quote}`;
    findings.warning('liquidSyntaxError', {
      path,
      message: `The backslash makes the quote after it part of the text. Write \`${replacement}\`.`,
      at: { start, end: start + 3 },
      replacement,
    });
  }
  for (const at of ignoredFilters(text)) {
    findings.warning('liquidSyntaxError', {
      path,
      message: `\`for\` has no filters, so \`${text.slice(at.start, at.end)}\` is ignored. Write \`{% assign list = … %}\` with the filter before the loop.`,
      at,
    });
  }
  // This is not a fault, because the text may be an amount of money.
  for (const start of printedDollars(text)) {
    findings.info('liquidSyntaxError', {
      path,
      message:
        'The `$` is printed here, because `${{ }}` keeps a type only if it is the whole value. Without the `$` only the value is printed.',
      at: { start, end: start + 1 },
    });
  }
}
