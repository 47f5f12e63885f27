import type { DocumentPath } from '../document/document_positions.ts';
import {
  DANGLING_REFERENCE,
  danglingReferences,
  malformedKeywords,
  malformedMessage,
  unknownKeywords,
} from '../schema/check_author_schema.ts';
import { KEYWORDS } from '../schema/keywords.ts';
import { ownProperty } from '../values/read_path.ts';
import { similarName } from '../values/suggestion.ts';
import type { Findings } from './diagnostic.ts';
import { warnOfKey } from './warn_of_key.ts';

/** Checks a JSON Schema that an author has written: of inputs, outputs or a form. */
export function checkDeclaredSchema(schema: unknown, path: DocumentPath, findings: Findings): void {
  for (const keyword of malformedKeywords(schema)) {
    const message = malformedMessage(keyword);
    findings.error('schemaViolation', { path: [...path, ...keyword], message });
  }
  for (const reference of danglingReferences(schema)) {
    const message = DANGLING_REFERENCE;
    findings.warning('schemaViolation', { path: [...path, ...reference], message });
  }
  // Without properties it may be something else than a schema, which is reported as a whole.
  const isSchema = ownProperty(schema, 'properties') !== undefined;
  for (const keyword of unknownKeywords(schema)) {
    const isMisspelt = similarName(String(keyword.at(-1)), KEYWORDS) !== undefined;
    if (!isSchema && !isMisspelt) continue;
    warnOfKey({ path: [...path, ...keyword], kind: 'ignoredKey', names: KEYWORDS }, findings);
  }
}
