import { validateAuthorSchema } from '../schema/author_schema.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import type { SchemaIssue } from '../schema/validate_schema.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { inputSchema } from './input_schema.ts';

/**
 * The JSON Schema of the inputs of a run that is started by hand or by another workflow: those of
 * the trigger `manual`, else of the first trigger that has inputs, else those at the top of the
 * document, which older files have.
 *
 * @returns undefined: the workflow has no inputs.
 */
export function inputsSchema(document: unknown): JsonSchema | undefined {
  const triggers = triggersOf(document);
  const byHand = triggers.filter((trigger) => ownProperty(trigger, 'type') === 'manual');
  return firstSchema([...byHand, ...triggers, document]);
}

/**
 * The JSON Schema of the inputs of a run that a schedule or an event starts: those of its trigger,
 * else those at the top of the document. Inputs of other triggers only give their defaults,
 * because nobody can enter those that are required.
 *
 * @param type of the trigger
 * @returns undefined: the workflow has no inputs.
 */
export function triggerInputsSchema(document: unknown, type: string): JsonSchema | undefined {
  const own = triggersOf(document).filter((trigger) => ownProperty(trigger, 'type') === type);
  const schema = firstSchema([...own, document]);
  if (schema !== undefined) return schema;
  const other = inputsSchema(document);
  return other === undefined ? undefined : { ...other, required: [] };
}

function triggersOf(document: unknown): readonly unknown[] {
  const triggers = ownProperty(document, 'triggers');
  return Array.isArray(triggers) ? triggers : [];
}

function firstSchema(owners: readonly unknown[]): JsonSchema | undefined {
  for (const owner of owners) {
    const schema = declaredSchema(ownProperty(owner, 'inputs'));
    if (schema !== undefined) return schema;
  }
  return undefined;
}

/**
 * JSON Schema of an object for inputs or outputs in either form. `undefined`: the value has neither
 * form.
 */
export function declaredSchema(inputs: unknown): JsonSchema | undefined {
  if (isRecord(inputs) && isRecord(inputs['properties'])) return { type: 'object', ...inputs };
  if (!Array.isArray(inputs)) return undefined;
  const fields = inputs.filter(isRecord).filter(({ name }) => typeof name === 'string');
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field['name'], inputSchema(field)])),
    required: fields.filter(({ required }) => required === true).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** The inputs of a run, or the issues because of which it cannot start. */
export type ResolvedInputs =
  | { readonly kind: 'resolved'; readonly inputs: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly issues: readonly SchemaIssue[] };

/**
 * Adds defaults to given inputs and compares them with their schema. A default may be a template.
 * An input that is neither given nor has a default stays absent. Patterns are not compared: the
 * caller does this where a pattern can be stopped; see `patternChecks`.
 * @param schema result of {@link inputsSchema}; `undefined`: the workflow declares no inputs, and
 *   given ones are returned unchanged, because an event may have some
 * @param render renders the texts of a default at any depth
 * @throws the errors of `render`
 */
export async function resolveInputs(
  schema: JsonSchema | undefined,
  given: Readonly<Record<string, unknown>>,
  render: (value: unknown) => Promise<unknown>,
): Promise<ResolvedInputs> {
  if (schema === undefined) return { kind: 'resolved', inputs: given };
  const properties = ownProperty(schema, 'properties');
  const defaults: [string, unknown][] = [];
  for (const [name, property] of Object.entries(isRecord(properties) ? properties : {})) {
    const value = ownProperty(property, 'default');
    const isGiven = Object.hasOwn(given, name) && given[name] !== undefined;
    if (!isGiven && value !== undefined) defaults.push([name, await render(value)]);
  }
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  const inputs = Object.fromEntries([...known, ...defaults]);
  const issues = validateAuthorSchema(schema, inputs);
  return issues.length > 0 ? { kind: 'refused', issues } : { kind: 'resolved', inputs };
}
