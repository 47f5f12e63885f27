import { z } from 'zod';
import { parseKnown } from '../migrations/parse_known.ts';
import type { TypeModel } from '../migrations/type_model.ts';

/** What the schema for writing knows of the stored value of an attribute. A value that it cannot read at all is taken as it is. */
export function knownPart({ create }: TypeModel, name: string, stored: unknown): unknown {
  const schema = Object.hasOwn(create.shape, name) ? create.shape[name] : undefined;
  if (schema === undefined || stored === undefined) return stored;
  const known = parseKnown(z.object({ value: schema }), { value: stored });
  return known.success ? known.data.value : stored;
}
