import type { JsonSchema } from '../schema/json_schema.ts';
import { descriptionOf, schemaKeys, typeOf } from '../schema/schema_walk.ts';
import type { StepRegistry } from '../steps/step_registry.ts';
import type { StepType } from '../steps/step_type.ts';
import { isActionEnabled, type KnownConnector } from '../validation/check_connectors.ts';
import { ownProperty } from '../values/read_path.ts';
import type { PlaceSchema } from './place_schema.ts';
import { type Suggestion, suggestionOf } from './suggestion.ts';
import type { TextPlace } from './text_place.ts';

/** Step types and connectors for suggestions. */
export interface CompletionContext {
  readonly registry: StepRegistry;
  /** Connectors that the author may use. Absent: none are suggested. */
  readonly connectors?: readonly KnownConnector[];
  /** Workflows that a step can start. Absent: none are suggested. */
  readonly workflowNames?: readonly KnownWorkflowName[];
}

/** A workflow of the space of the author. */
export interface KnownWorkflowName {
  readonly id: string;
  readonly name: string;
}

/** Types of triggers, each with a description of what starts a run. */
export const TRIGGER_TYPES: readonly (readonly [type: string, description: string])[] = [
  ['manual', 'A user or program starts the run.'],
  ['scheduled', 'Runs at fixed times, as the user who saved the workflow last.'],
  ['workflows.failed', 'Runs when another workflow has failed.'],
  ['alert', 'Runs for alerts of Kibana. Cannot fire here.'],
  ['webhook', 'Runs for requests of other programs. Cannot fire here.'],
  ['page', 'Runs when a user fills in a page. Cannot fire here.'],
];

const DURATIONS = ['10s', '30s', '1m', '5m', '1h', '1d'];
const SCHEDULES = ['1m', '5m', '15m', '1h', '1d'];
const SIZES = ['512kb', '1mb', '10mb'];

/** Suggests the keys that the object at a place may have and does not have yet. */
export function suggestKeys(
  place: TextPlace,
  { schemas, root }: PlaceSchema,
): readonly Suggestion[] {
  return schemaKeys(schemas, root)
    .filter(({ name }) => !place.siblings.includes(name))
    .map(({ name, schemas: below, isRequired }) => {
      const type = typeOf(below);
      const detail = [isRequired ? 'required' : undefined, type].filter(Boolean).join(', ');
      return suggestionOf('key', name, {
        insert: place.hasColon ? name : name + afterKey(below, place),
        ...(detail !== '' && { detail }),
        documentation: descriptionOf(below),
      });
    });
}

/** Text to insert after a key: a colon, and for objects and lists a new line. */
function afterKey(schemas: readonly JsonSchema[], { isFlow, column }: TextPlace): string {
  const types = schemas.flatMap((schema) => [ownProperty(schema, 'type')].flat());
  const isText = types.some(
    (type) => type === 'string' || type === 'boolean' || type === 'integer',
  );
  if (isFlow || isText) return ': ';
  const indent = ' '.repeat(column + 2);
  if (types.includes('object')) return `:\n${indent}`;
  return types.includes('array') ? `:\n${indent}- ` : ': ';
}

/**
 * Suggests values for a place: step types, triggers, connectors, and values that the schema lists.
 */
export function suggestValues(
  place: TextPlace,
  found: PlaceSchema,
  context: CompletionContext,
): readonly Suggestion[] {
  const key = String(place.path.at(-1));
  const isOwnKey = found.below.length === 1;
  if (found.step !== undefined && isOwnKey && key === 'type')
    return stepTypes(context, ownProperty(found.step.step, 'connector-id'));
  if (found.step !== undefined && isOwnKey && key === 'connector-id') {
    return connectors(found.step.stepType, context.connectors ?? []);
  }
  if (found.step !== undefined && key === WORKFLOW_ID && isWorkflowId(found)) {
    return (context.workflowNames ?? []).map(({ id, name }) =>
      suggestionOf('workflow', name, {
        insert: place.style === 'plain' && OTHER_VALUE.test(id) ? `'${id}'` : id,
        documentation: id,
      }),
    );
  }
  if (found.step === undefined && place.path[0] === 'triggers' && place.path.length === 3) {
    if (key === 'type') {
      return TRIGGER_TYPES.map(([type, documentation]) =>
        suggestionOf('trigger', type, { documentation }),
      );
    }
  }
  const texts =
    key === 'timezone' || key === 'tzid'
      ? ['UTC', ...Intl.supportedValuesOf('timeZone')]
      : key === 'every'
        ? SCHEDULES
        : valuesOf(found.schemas);
  return texts.map((text) =>
    suggestionOf('value', text, { insert: place.style === 'plain' ? quoted(text, found) : text }),
  );
}

const WORKFLOW_ID = 'workflow-id';

/** Returns `true` if a place is the id of the workflow that a step starts. */
function isWorkflowId({ step, below }: PlaceSchema): boolean {
  const type = step?.stepType?.type;
  const startsWorkflow = type === 'workflow.execute' || type === 'workflow.executeAsync';
  return startsWorkflow && below.length === 2 && below[0] === 'with';
}

/**
 * Suggests step types. Leaves out actions that are not enabled in any connector of their type, or
 * not in the connector of the step.
 */
function stepTypes(
  { registry, connectors: known = [] }: CompletionContext,
  reference: unknown,
): readonly Suggestion[] {
  const named = known.filter(({ id, name }) => id === reference || name === reference);
  return registry
    .list()
    .filter(({ connectorTypeId, action }) => {
      const ofType = (list: readonly KnownConnector[]) =>
        list.filter((each) => each.connectorTypeId === connectorTypeId);
      const usable = ofType(named).length > 0 ? ofType(named) : ofType(known);
      return usable.length === 0 || usable.some((each) => isActionEnabled(each, action));
    })
    .map(({ type, title, description }) =>
      suggestionOf('stepType', type, { detail: title, documentation: description }),
    );
}

/**
 * Suggests connectors. The id is inserted, because names need not be unique; users can also search
 * by name.
 */
function connectors(
  stepType: Pick<StepType, 'connectorTypeId' | 'action'> | undefined,
  known: readonly KnownConnector[],
): readonly Suggestion[] {
  return known
    .filter(
      (each) =>
        stepType?.connectorTypeId === undefined ||
        (each.connectorTypeId === stepType.connectorTypeId &&
          isActionEnabled(each, stepType.action)),
    )
    .map(({ id, name, connectorTypeId }) =>
      suggestionOf('connector', name, { insert: id, detail: connectorTypeId, documentation: id }),
    );
}

function valuesOf(schemas: readonly JsonSchema[]): readonly string[] {
  const values = schemas.flatMap((schema) => {
    const choices = ownProperty(schema, 'enum');
    if (Array.isArray(choices)) return choices.map(String);
    const constant = ownProperty(schema, 'const');
    if (constant !== undefined) return [String(constant)];
    const format = ownProperty(schema, 'format');
    if (format === 'duration-text') return DURATIONS;
    if (format === 'byte-size') return SIZES;
    return ownProperty(schema, 'type') === 'boolean' ? ['true', 'false'] : [];
  });
  return [...new Set(values)];
}

/** Plain texts that YAML reads as another kind of value. */
const OTHER_VALUE = /^(?:true|false|null|-?\d+(?:\.\d+)?)$/;

/** A text that YAML would read as a number or boolean gets quotes if the schema wants a text. */
function quoted(text: string, { schemas }: PlaceSchema): string {
  const isOther = OTHER_VALUE.test(text);
  const wantsText = schemas.some((schema) => {
    const choices = ownProperty(schema, 'enum') ?? [ownProperty(schema, 'const')];
    return Array.isArray(choices) && choices.includes(text);
  });
  return isOther && wantsText ? `'${text}'` : text;
}
