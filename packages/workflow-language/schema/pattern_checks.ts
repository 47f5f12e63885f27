import type { DocumentPath } from '../document/document_positions.ts';
import type { JsonSchema } from './json_schema.ts';
import { faultMessage, keywordFault } from './schema_fault.ts';
import { schemaPairs } from './schema_pairs.ts';

/** Texts that must match a `pattern` of their schema. */
export interface PatternCheck {
  /** A regular expression that an author wrote. Comparing with it may never end. */
  readonly pattern: string;
  readonly texts: readonly { readonly path: DocumentPath; readonly text: string }[];
}

/**
 * Patterns that texts of a value must match, for a caller that can stop a regular expression.
 * Patterns of property names, and patterns in alternatives such as `anyOf`, are not returned; see
 * `dangerouslyMatchAuthorSchema`.
 */
export function patternChecks(schema: JsonSchema, value: unknown): readonly PatternCheck[] {
  const checks = new Map<string, { readonly path: DocumentPath; readonly text: string }[]>();
  for (const { schema: each, value: text, path } of schemaPairs(schema, value)) {
    const pattern = each['pattern'];
    if (typeof pattern !== 'string' || typeof text !== 'string') continue;
    const texts = checks.get(pattern) ?? [];
    checks.set(pattern, texts);
    texts.push({ path, text });
  }
  return [...checks].map(([pattern, texts]) => ({ pattern, texts }));
}

/** Message for a text that does not match its pattern. */
export function patternMessage(pattern: string): string {
  return faultMessage(keywordFault('pattern', pattern, undefined));
}
