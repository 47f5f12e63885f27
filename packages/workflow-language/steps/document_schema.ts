import type { JsonSchema } from '../schema/json_schema.ts';
import { COMMON_STEP_KEYS, EVENT_TRIGGER, TRIGGERS, WORKFLOW } from '../schema/workflow_schema.ts';
import type { StepRegistry } from './step_registry.ts';
import type { StepType } from './step_type.ts';

/** Options of {@link documentSchema}. */
export interface DocumentSchemaOptions {
  /** `true`: the inputs of steps are not described, which makes the schema much smaller. */
  readonly isLoose: boolean;
}

const STEP = { $ref: '#/$defs/step' };
const STEPS: JsonSchema = { type: 'array', items: STEP, minItems: 1 };

/**
 * JSON Schema (2020-12) of a workflow, for editors and other programs. The `type` of each step
 * selects the schema of its keys. A template is allowed wherever a text is. `validateWorkflow` also
 * checks rules that a schema cannot express.
 */
export function documentSchema(
  registry: StepRegistry,
  { isLoose }: DocumentSchemaOptions,
): JsonSchema {
  const types = registry.list();
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Workflow',
    ...WORKFLOW,
    properties: {
      ...propertiesOf(WORKFLOW),
      triggers: { type: 'array', items: { $ref: '#/$defs/trigger' }, minItems: 1 },
      steps: STEPS,
    },
    $defs: {
      trigger: {
        type: 'object',
        required: ['type'],
        properties: { type: { type: 'string', examples: Object.keys(TRIGGERS) } },
        allOf: [
          ...Object.entries(TRIGGERS).map(([type, schema]) => ifType([type], schema)),
          {
            if: { properties: { type: { not: { enum: Object.keys(TRIGGERS) } } } },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: EVENT_TRIGGER,
          },
        ],
      },
      step: {
        type: 'object',
        required: ['name', 'type'],
        properties: {
          type: { enum: types.map(({ type }) => type) },
          name: COMMON_STEP_KEYS['name'],
        },
        allOf: types.map((step) => ifType([step.type], stepSchema(step, isLoose))),
      },
    },
  };
}

function ifType(types: readonly string[], schema: JsonSchema): JsonSchema {
  return {
    if: { properties: { type: { enum: types } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: schema,
  };
}

function stepSchema(step: StepType, isLoose: boolean): JsonSchema {
  const names = ['name', 'id', 'type', 'max-step-size', ...step.common];
  const common = names.map((key) => [key, COMMON_STEP_KEYS[key] ?? {}] as const);
  const own = Object.entries(propertiesOf(step.keys)).map(
    ([key, schema]) => [key, isLoose && key === 'with' ? { type: 'object' } : schema] as const,
  );
  return {
    title: step.title,
    description: step.description,
    ...step.keys,
    properties: { ...Object.fromEntries(common), ...Object.fromEntries(own), ...nestedOf(step) },
  };
}

/**
 * Schemas of the lists of steps directly inside a step. Lists at a greater depth are only described
 * as lists.
 */
function nestedOf({ nested }: StepType): Readonly<Record<string, JsonSchema>> {
  const keys = nested.flatMap((path) => (path.length === 1 ? path : []));
  return Object.fromEntries(keys.map((key) => [key, STEPS]));
}

function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
}
