import { readCondition, valueFault } from '../conditions/static_condition.ts';
import { inputsSchema } from '../inputs/resolve_inputs.ts';
import { anything, integer, type JsonSchema, list, object } from '../schema/json_schema.ts';
import { schemasAt } from '../schema/schema_walk.ts';
import { isInstallPlaceholder, templateForm } from '../templates/template_form.ts';
import { ownProperty, splitPath, valueAt } from '../values/read_path.ts';
import { checkCondition, type LocatedCondition } from './check_conditions.ts';
import type { Findings } from './diagnostic.ts';
import type { DocumentNames } from './document_names.ts';
import { outputSchema } from './step_output.ts';
import type { StepNode } from './step_tree.ts';

/** Kinds of values that are neither true nor false, by their JSON type. */
const KINDS: ReadonlyMap<unknown, string> = new Map([
  ['number', 'a number'],
  ['integer', 'a number'],
  ['array', 'a list'],
  ['object', 'an object'],
]);

const LOOP: JsonSchema = object({
  index: integer(),
  total: integer(),
  iteration: integer(),
  items: list(anything()),
  matchedIndex: integer(),
});

/**
 * Checks conditions that are one path, such as `${{ consts.a }}`. The step fails if the value at
 * the path is a number, a list or an object. A text is evaluated as a condition.
 */
export class ConditionValues {
  readonly #document: unknown;
  readonly #nodes: readonly StepNode[];
  readonly #names: DocumentNames;

  constructor(document: unknown, nodes: readonly StepNode[], names: DocumentNames) {
    this.#document = document;
    this.#nodes = nodes;
    this.#names = names;
  }

  /** Warns if the value of the path is known and is neither true nor false. */
  check({ path, text, variable, fields }: LocatedCondition, findings: Findings): void {
    const [root, ...members] = splitPath(variable ?? '');
    if (variable === undefined || root === undefined) return;
    const kind = this.#kindOf(root, members);
    if (kind === undefined) return;
    const expression =
      kind === 'a number'
        ? `${variable} > 0`
        : kind === 'a list'
          ? `${variable}.size > 0`
          : `${variable} != blank`;
    const fault = valueFault(text, kind, `\${{ ${expression} }}`);
    checkCondition({ path, text, fields, faults: [fault] }, findings);
  }

  /** `undefined`: the value may be true or false, or is not known. */
  #kindOf(root: string, members: readonly string[]): string | undefined {
    switch (root) {
      case 'consts':
        return kindOfValue(valueAt(ownProperty(this.#document, 'consts'), members));
      case 'inputs':
        return kindOfSchemas(inputsSchema(this.#document), members);
      case 'foreach':
      case 'while':
        return kindOfSchemas(LOOP, members);
      case 'steps':
        return this.#kindOfStep(members);
      case 'variables':
        return this.#kindOfVariable(members);
      case 'error':
        return members.length === 0 ? 'an object' : undefined;
      default:
        return undefined;
    }
  }

  #kindOfStep([name = '', state, ...keys]: readonly string[]): string | undefined {
    const node = this.#names.steps.get(name);
    if (node === undefined) return undefined;
    if (state === 'error') return keys.length === 0 ? 'an object' : undefined;
    if (state === 'output') return kindOfSchemas(outputSchema(node), keys);
    return state === undefined ? 'an object' : kindOfSchemas(LOOP, [state, ...keys]);
  }

  /** Kind of a variable that `data.set` steps set to values without templates. */
  #kindOfVariable([name = '', ...keys]: readonly string[]): string | undefined {
    if (keys.length > 0) return undefined;
    const kinds = this.#nodes
      .filter(({ stepType }) => stepType?.type === 'data.set')
      .map(({ step }) => ownProperty(ownProperty(step, 'with'), name))
      .filter((value) => value !== undefined)
      .map((value) => (typeof value === 'string' ? undefined : kindOfValue(value)));
    return new Set(kinds).size === 1 ? kinds[0] : undefined;
  }
}

function kindOfValue(value: unknown): string | undefined {
  if (typeof value !== 'string') {
    if (value === null || value === undefined) return undefined;
    return KINDS.get(Array.isArray(value) ? 'array' : typeof value);
  }
  // A template in a constant is never rendered, and a placeholder is replaced at installation.
  if (templateForm(value).kind !== 'plain' || isInstallPlaceholder(value)) return undefined;
  const isCondition = readCondition(value).faults.length === 0;
  return isCondition ? undefined : `the text \`${shortened(value)}\``;
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function kindOfSchemas(
  schema: JsonSchema | undefined,
  members: readonly string[],
): string | undefined {
  if (schema === undefined) return undefined;
  const schemas = schemasAt(schema, members);
  const types = schemas.flatMap((each) => [ownProperty(each, 'type')].flat());
  const kinds = new Set(types.filter((type) => type !== 'null').map((type) => KINDS.get(type)));
  return kinds.size === 1 ? [...kinds][0] : undefined;
}
