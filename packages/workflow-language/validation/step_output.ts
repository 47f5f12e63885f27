import type { JsonSchema } from '../schema/json_schema.ts';
import { isHumanStep } from '../steps/step_type.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { similarName, suggestionFor } from '../values/suggestion.ts';
import { propertyNames } from './document_names.ts';
import type { ReferenceFault } from './known_names.ts';
import type { StepNode } from './step_tree.ts';

/** Keys of the output of a step that waits for a user: the response, and its older name. */
const RESPONSE_KEYS = ['response', 'input'];

/** Schema of the output of a step. The response to a form has the schema that the author wrote. */
export function outputSchema({ step, stepType }: StepNode): JsonSchema | undefined {
  const output = stepType?.output;
  if (stepType?.type !== 'waitForInput') return output;
  const form = ownProperty(ownProperty(step, 'with'), 'schema');
  const properties = ownProperty(output, 'properties');
  if (!isRecord(form) || !isRecord(properties)) return output;
  const responses = RESPONSE_KEYS.map((key) => [key, form] as const);
  return { ...output, properties: { ...properties, ...Object.fromEntries(responses) } };
}

/** Keys of the output of a step. Empty: they are not known. */
export function outputKeys(node: StepNode): readonly string[] {
  const keys = ownProperty(outputSchema(node), 'properties');
  return isRecord(keys) ? Object.keys(keys) : [];
}

/**
 * Fault of a key that the output of a step does not have. Only outputs with known keys are checked.
 * @param names names after `output`
 */
export function outputFault(
  node: StepNode,
  name: string,
  [key, member]: readonly (string | number | undefined)[],
): ReferenceFault | undefined {
  const output = outputSchema(node);
  const keys = ownProperty(output, 'properties');
  const isClosed = ownProperty(output, 'additionalProperties') === false;
  if (typeof key !== 'string' || !isRecord(keys) || !isClosed) return undefined;
  const isHuman = isHumanStep(node.stepType);
  if (!Object.hasOwn(keys, key)) {
    const hint = (isHuman && responseHint(key, keys)) || suggestionFor(key, Object.keys(keys));
    return { message: `The output of \`${name}\` has no \`${key}\`.${hint}`, severity: 'warning' };
  }
  if (!isHuman || !RESPONSE_KEYS.includes(key) || typeof member !== 'string') return undefined;
  const known = propertyNames(keys[key]);
  if (known === undefined || known.includes(member)) return undefined;
  const message = `The response to \`${name}\` has no \`${member}\`.${suggestionFor(member, known)}`;
  return { message, severity: 'warning' };
}

/**
 * Hint for a key of the response that is read from the output itself, as up to Kibana 9.4. Empty:
 * the key is not one of the response.
 */
function responseHint(key: string, keys: Readonly<Record<string, unknown>>): string {
  const known = propertyNames(keys['response']);
  const isOfResponse = known?.includes(key) ?? similarName(key, Object.keys(keys)) === undefined;
  return isOfResponse ? ` Write \`output.response.${key}\`.` : '';
}
