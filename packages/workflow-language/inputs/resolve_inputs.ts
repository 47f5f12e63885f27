import { validateAuthorSchema } from '../schema/author_schema.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import type { SchemaIssue } from '../schema/validate_schema.ts';
import type { TemplateContext, TemplateEngine } from '../templates/template_engine.ts';
import { TemplateError } from '../templates/template_error.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { inputSchema } from './input_schema.ts';

/**
 * The JSON Schema of the inputs of a workflow, for a form and for the start of a run: those of its
 * first trigger that has inputs, else those at the top of the document, which older files have.
 *
 * @returns undefined: the workflow has no inputs.
 */
export function inputsSchema(document: unknown): JsonSchema | undefined {
  const triggers = ownProperty(document, 'triggers');
  const candidates = [
    ...(Array.isArray(triggers) ? triggers : []).map((trigger) => ownProperty(trigger, 'inputs')),
    ownProperty(document, 'inputs'),
  ];
  for (const inputs of candidates) {
    const schema = declaredSchema(inputs);
    if (schema !== undefined) return schema;
  }
  return undefined;
}

/**
 * Inputs or outputs of either form as a JSON Schema of an object. Undefined: neither form.
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

/** The inputs of a run, or the reasons why it cannot start. */
export type ResolvedInputs =
  | { readonly kind: 'resolved'; readonly inputs: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly issues: readonly SchemaIssue[] };

/**
 * Completes given inputs with their defaults and compares them with their schema. A default may be
 * a template. An input that is neither given nor has a default stays absent. Patterns are left to
 * the caller, who can stop them; see `patternChecks`.
 *
 * @param schema of {@link inputsSchema}; undefined: the workflow takes no inputs, and given ones
 * are passed on, because an event may bring some.
 * @param scope `limitMs`: milliseconds for all defaults together, without a limit if absent. One
 * filter that has begun is not interrupted.
 * @throws TemplateError if a default cannot be rendered; of kind `time` after the limit.
 */
export function resolveInputs(
  schema: JsonSchema | undefined,
  given: Readonly<Record<string, unknown>>,
  {
    engine,
    context,
    limitMs = Number.POSITIVE_INFINITY,
  }: {
    readonly engine: TemplateEngine;
    readonly context: TemplateContext;
    readonly limitMs?: number;
  },
): ResolvedInputs {
  if (schema === undefined) return { kind: 'resolved', inputs: given };
  const properties = ownProperty(schema, 'properties');
  const until = performance.now() + limitMs;
  const rendered = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const leftMs = until - performance.now();
      if (leftMs <= 0)
        throw new TemplateError('time', 'The templates of the defaults take too long.');
      return engine.renderText(value, context, { limitMs: leftMs });
    }
    if (Array.isArray(value)) return value.map(rendered);
    if (!isRecord(value) || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rendered(each)]));
  };
  const defaults = Object.entries(isRecord(properties) ? properties : {}).flatMap(
    ([name, property]) => {
      const value = ownProperty(property, 'default');
      const isGiven = Object.hasOwn(given, name) && given[name] !== undefined;
      return isGiven || value === undefined ? [] : [[name, rendered(value)] as const];
    },
  );
  const known = Object.entries(given).filter(([, value]) => value !== undefined);
  const inputs = Object.fromEntries([...known, ...defaults]);
  const issues = validateAuthorSchema(schema, inputs);
  return issues.length > 0 ? { kind: 'refused', issues } : { kind: 'resolved', inputs };
}
