import { z } from 'zod';
import { parseKnown } from '../model_versions/parse_known.ts';
import type { TypeModel } from '../model_versions/type_model.ts';

/**
 * The part of a stored attribute value that the create schema knows. A value that the schema
 * refuses is returned unchanged.
 */
export function knownPart({ create }: TypeModel, name: string, stored: unknown): unknown {
  const schema = Object.hasOwn(create.shape, name) ? create.shape[name] : undefined;
  if (schema === undefined || stored === undefined) return stored;
  const known = parseKnown(z.object({ value: schema }), { value: stored });
  return known.success ? known.data.value : stored;
}
