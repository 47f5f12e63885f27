import type { DocumentPath } from '../document/document_positions.ts';
import { faultMessage, faultOf } from '../schema/schema_fault.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import type { Findings } from './diagnostic.ts';

/** A key that is not known at its place. */
interface WrongKey {
  readonly path: DocumentPath;
  readonly kind: 'unknownKey' | 'ignoredKey';
  /** Keys that are known at this place. A similar one is offered as the replacement. */
  readonly names: Iterable<string>;
}

/** Warns of a key that is not known at its place. */
export function warnOfKey({ path, kind, names }: WrongKey, findings: Findings): void {
  const key = String(path.at(-1));
  const replacement = similarName(key, names);
  const fault = faultOf(kind, { name: key });
  findings.warning('schemaViolation', {
    path,
    at: 'key',
    message: `${faultMessage(fault)}${didYouMean(replacement)}`,
    fault,
    ...(replacement !== undefined && { replacement }),
  });
}
