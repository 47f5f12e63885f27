import type { JsonSchema } from '../schema/json_schema.ts';
import { ownProperty } from '../values/read_path.ts';

/** JSON Schema of one input in the array form of `inputs`. */
export function inputSchema(field: Readonly<Record<string, unknown>>): JsonSchema {
  const description = ownProperty(field, 'description');
  const value = ownProperty(field, 'default');
  const common = {
    ...(description !== undefined && { description }),
    ...(value !== undefined && { default: value }),
  };
  switch (field['type']) {
    case 'choice':
      return { ...common, type: 'string', enum: field['options'] };
    case 'array': {
      const { minItems, maxItems } = field;
      return {
        ...common,
        type: 'array',
        ...(minItems !== undefined && { minItems }),
        ...(maxItems !== undefined && { maxItems }),
      };
    }
    default:
      return { ...common, type: field['type'] };
  }
}
