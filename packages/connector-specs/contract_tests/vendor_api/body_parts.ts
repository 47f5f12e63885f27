import { isRecord } from '@latchkey/oauth-providers';
import type { JsonSchema } from '../../schema/index.ts';
import type { OperationFacts } from './facts.ts';

/**
 * The facts with only the selected parts of the request body.
 * @param paths see `VendorManifest.bodyParts`. `undefined`: all parts
 */
export function withBodyParts(
  facts: OperationFacts,
  paths: readonly string[] | undefined,
): OperationFacts {
  if (facts.body === undefined || paths === undefined) return facts;
  const steps = paths.map((path) => path.split('.'));
  const schemas = Object.entries(facts.body.schemas).map(([type, schema]) => [
    type,
    partsOf(schema, steps),
  ]);
  return { ...facts, body: { ...facts.body, schemas: Object.fromEntries(schemas) } };
}

function partsOf(schema: JsonSchema, paths: readonly (readonly string[])[]): JsonSchema {
  if (paths.some((path) => path.length === 0)) return schema;
  const below = (step: string) =>
    paths.filter(([first]) => first === step).map((path) => path.slice(1));
  const { properties, items } = schema;
  const kept = Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, field]) => {
    const inner = below(name);
    return inner.length > 0 && isRecord(field) ? [[name, partsOf(field, inner)]] : [];
  });
  return {
    ...schema,
    ...(isRecord(properties) ? { properties: Object.fromEntries(kept) } : {}),
    ...(isRecord(items) ? { items: partsOf(items, below('*')) } : {}),
  };
}
