import type { DocumentPath } from '../document/document_positions.ts';
import {
  anything,
  boolean,
  type JsonSchema,
  object,
  oneOf,
  record,
  text,
} from '../schema/json_schema.ts';
import { schemasAt } from '../schema/schema_walk.ts';
import {
  ARRAY_INPUT,
  COMMON_STEP_KEYS,
  EVENT_TRIGGER,
  TRIGGERS,
  WORKFLOW,
} from '../schema/workflow_schema.ts';
import type { StepRegistry } from '../steps/step_registry.ts';
import { buildStepTree, flattenSteps, type StepNode } from '../validation/step_tree.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';

/** The schemas of the value at a path of a document, and the enclosing step. */
export interface PlaceSchema {
  /** Alternative schemas of the value. Empty: nothing is known about the value. */
  readonly schemas: readonly JsonSchema[];
  /** Schema in which local references are resolved. */
  readonly root: JsonSchema;
  /**
   * The innermost step around the path, and the rest of the path below it. `undefined`: the path is
   * outside all steps.
   */
  readonly step: StepNode | undefined;
  readonly below: DocumentPath;
}

/**
 * Schema of one property of `inputs` in the form of a JSON Schema. Contains only the keywords that
 * authors use.
 */
const INPUT_PROPERTY: JsonSchema = object({
  'type?': oneOf(['string', 'number', 'integer', 'boolean', 'array', 'object'], {
    description: 'Kind of the value.',
  }),
  'title?': text({ description: 'Name in the form of a run.' }),
  'description?': text({ description: 'Help for the user who starts the run.' }),
  'default?': anything({ description: 'Value if none is given.' }),
  'enum?': { type: 'array', description: 'Allowed values.' },
  'format?': text({ description: 'Format of a text, such as email or date-time.' }),
  'minimum?': { type: 'number' },
  'maximum?': { type: 'number' },
  'minLength?': { type: 'integer' },
  'maxLength?': { type: 'integer' },
  'items?': record({}, { description: 'Schema of the members of a list.' }),
  'properties?': record({}, { description: 'Schemas of the keys of an object.' }),
  'required?': { type: 'array', description: 'Keys that must be given.' },
  'additionalProperties?': boolean({ description: 'Allows other keys.' }),
});

/** All steps of a document, even if the author is still typing it. */
export function stepsOf(document: unknown, registry: StepRegistry): readonly StepNode[] {
  return flattenSteps(buildStepTree(document, registry));
}

/** Finds the schemas of the value at a path. */
export function placeSchema(
  document: unknown,
  path: DocumentPath,
  steps: readonly StepNode[],
): PlaceSchema {
  const step = innermost(steps, path);
  if (step !== undefined) {
    const below = path.slice(step.path.length);
    const root = stepSchema(step);
    return { schemas: schemasAt(root, below), root, step, below };
  }
  const [root, below] = documentSchema(document, path);
  return { schemas: schemasAt(root, below), root, step, below };
}

/** The step with the longest path that is a beginning of the given path. */
function innermost(steps: readonly StepNode[], path: DocumentPath): StepNode | undefined {
  return steps
    .filter((step) => step.path.every((segment, index) => segment === path[index]))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

/**
 * Schema of all keys of a step: keys of every step, common keys that its type allows, and keys of
 * its type only.
 */
function stepSchema({ stepType }: StepNode): JsonSchema {
  const allowed = stepType?.common ?? Object.keys(COMMON_STEP_KEYS);
  const common = Object.entries(COMMON_STEP_KEYS).filter(
    ([key]) =>
      ['name', 'id', 'type', 'max-step-size'].includes(key) || allowed.some((each) => each === key),
  );
  const own = stepType?.keys ?? {};
  const required = ownProperty(own, 'required');
  const properties = ownProperty(own, 'properties');
  const isConnectorRequired = stepType?.connectorTypeId !== undefined && stepType.type !== 'http';
  return {
    type: 'object',
    properties: { ...Object.fromEntries(common), ...(isRecord(properties) ? properties : {}) },
    required: [
      'name',
      'type',
      ...(isConnectorRequired ? ['connector-id'] : []),
      ...(Array.isArray(required) ? required : []),
    ],
  };
}

/**
 * Returns the schema of the smallest part of a document around the path that has its own schema,
 * and the path below that part.
 */
function documentSchema(
  document: unknown,
  path: DocumentPath,
): readonly [JsonSchema, DocumentPath] {
  const isTrigger = path[0] === 'triggers' && path.length > 1;
  const fields = isTrigger ? 2 : 0;
  const [, second, third] = path.slice(fields);
  const isFields = ['inputs', 'outputs'].includes(String(path[fields]));
  if (isFields && typeof second === 'number') return [ARRAY_INPUT, path.slice(fields + 2)];
  if (isFields && second === 'properties' && third !== undefined) {
    return [INPUT_PROPERTY, path.slice(fields + 3)];
  }
  if (isFields && second === undefined) return [object({ 'properties?': record() }), []];
  return isTrigger ? [triggerSchema(document, path), path.slice(2)] : [WORKFLOW, path];
}

function triggerSchema(document: unknown, path: DocumentPath): JsonSchema {
  const trigger = ownProperty(ownProperty(document, 'triggers'), String(path[1]));
  const type = ownProperty(trigger, 'type');
  if (typeof type !== 'string') return object({ type: text({ description: 'Kind of start.' }) });
  return (Object.hasOwn(TRIGGERS, type) ? TRIGGERS[type] : undefined) ?? EVENT_TRIGGER;
}
