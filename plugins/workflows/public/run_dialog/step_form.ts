import {
  inputsSchema,
  isRecord,
  type JsonSchema,
  type StepVariables,
  stepVariables,
  valueAt,
} from '@latchkey/workflow-language';

/** Schema of a value that may be of any type, and that is entered as a text or as JSON. */
const ANY_VALUE: JsonSchema = {
  type: ['string', 'number', 'boolean', 'object', 'array', 'null'],
};

/** The form for the test of one step. */
interface StepForm extends Pick<StepVariables, 'stepNames'> {
  /**
   * Schema with one property for each variable that the step reads. The names of the properties
   * are the paths of the variables as JSON. All are optional.
   */
  readonly schema: JsonSchema;
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
  const properties = paths.map((path) => {
    const property = path[0] === 'inputs' ? inputAt(inputs, path) : ANY_VALUE;
    return [JSON.stringify(path), { ...property, title: path.join('.') }] as const;
  });
  return { schema: { type: 'object', properties: Object.fromEntries(properties) }, stepNames };
}

/** Schema of an input, or of a member of an input. */
function inputAt(inputs: JsonSchema | undefined, [, ...names]: readonly string[]): JsonSchema {
  const path = names.flatMap((name) => ['properties', name]);
  const found = names.length === 0 ? undefined : valueAt(inputs, path);
  return isRecord(found) ? found : ANY_VALUE;
}

/** Builds the variables of the test from the values of the form. Empty fields are left out. */
export function stepContext(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const context = branch();
  for (const [name, value] of Object.entries(values)) {
    // `stepForm` has written the name.
    const path = JSON.parse(name) as readonly string[];
    let owner = context;
    for (const each of path.slice(0, -1)) {
      owner[each] ??= branch();
      owner = owner[each] as Record<string, unknown>;
    }
    owner[path.at(-1) ?? ''] = value;
  }
  return context;
}

/** An object without a prototype, so that any name is an ordinary member. */
const branch = (): Record<string, unknown> => Object.create(null);
