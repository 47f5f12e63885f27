import {
  inputsSchema,
  isRecord,
  type JsonSchema,
  type StepVariables,
  stepVariables,
  valueAt,
} from '@latchkey/workflow-language';
import { ANY_VALUE } from '../schema_form/index.ts';

/** The form for the test of one step. */
export interface StepForm extends Pick<StepVariables, 'stepNames'> {
  /** Schema with one property for each variable that the step reads. All are optional. */
  readonly schema: JsonSchema;
  /** Paths of the variables by the names of their properties. */
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/**
 * Creates the form for the test of one step.
 * @param document the parsed YAML
 */
export function stepForm(document: unknown, stepId: string): StepForm {
  const { paths, stepNames } = stepVariables(document, stepId) ?? {
    paths: [],
    stepNames: new Set([stepId]),
  };
  const inputs = inputsSchema(document);
  const named = new Map(paths.map((path) => [nameOf(path), path]));
  const properties = [...named].map(([name, path]) => {
    const property = path[0] === 'inputs' ? inputAt(inputs, path) : ANY_VALUE;
    return [name, { ...property, title: path.join('.') }] as const;
  });
  const schema = { type: 'object', properties: Object.fromEntries(properties) };
  return { schema, paths: named, stepNames };
}

/**
 * Name of the property for a variable. Inputs are named as the server names them in errors. Others
 * cannot have the same name.
 */
const nameOf = (path: readonly string[]): string =>
  path[0] === 'inputs' && path.length > 1 ? path.slice(1).join('.') : JSON.stringify(path);

/** Schema of an input, or of a member of an input. The server fills in defaults of inputs only. */
function inputAt(inputs: JsonSchema | undefined, [, ...names]: readonly string[]): JsonSchema {
  const path = names.flatMap((name) => ['properties', name]);
  const found = names.length === 0 ? undefined : valueAt(inputs, path);
  if (!isRecord(found)) return ANY_VALUE;
  const { default: _, ...rest } = found;
  return names.length === 1 ? found : rest;
}

/** Builds the variables of the test from the values of the form. Empty fields are left out. */
export function stepContext(
  values: Readonly<Record<string, unknown>>,
  paths: StepForm['paths'],
): Readonly<Record<string, unknown>> {
  const context = branch();
  for (const [name, value] of Object.entries(values)) {
    const path = paths.get(name) ?? [];
    let owner = context;
    for (const each of path.slice(0, -1)) {
      owner[each] ??= branch();
      owner = owner[each] as Record<string, unknown>;
    }
    const last = path.at(-1);
    if (last !== undefined) owner[last] = value;
  }
  return context;
}

/** An object without a prototype, so that a name such as `constructor` is an ordinary member. */
const branch = (): Record<string, unknown> => Object.create(null);
