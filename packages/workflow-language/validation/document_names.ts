import { isRecord, ownProperty } from '../values/read_path.ts';
import type { StepNode } from './step_tree.ts';

/** Names in a document to which references can lead. */
export interface DocumentNames {
  readonly steps: ReadonlyMap<string, StepNode>;
  /** `true`: a step has no name yet, so a reference may be intended for it. */
  readonly hasUnnamedSteps: boolean;
  readonly consts: readonly string[];
  /** Names of the inputs. `undefined`: a run may have other inputs too. */
  readonly inputs: readonly string[] | undefined;
  /** Names that `data.set` steps set. `undefined`: a name is not known before a run. */
  readonly variables: readonly string[] | undefined;
  /**
   * `true`: texts such as `__install__.name` are replaced when the workflow is installed from a
   * library.
   */
  readonly isTemplate: boolean;
}

/** Names of steps, inputs, constants and variables of a document. */
export function namesOf(document: unknown, nodes: readonly StepNode[]): DocumentNames {
  const consts = ownProperty(document, 'consts');
  const triggers = ownProperty(document, 'triggers');
  const declared = [
    ownProperty(document, 'inputs'),
    ...(Array.isArray(triggers) ? triggers.map((each) => ownProperty(each, 'inputs')) : []),
  ].filter((each) => each !== undefined);
  return {
    steps: new Map(
      nodes.flatMap((node) =>
        [node.id, node.name].flatMap((name) => (name === undefined ? [] : [[name, node] as const])),
      ),
    ),
    hasUnnamedSteps: nodes.some(({ name }) => name === undefined),
    consts: isRecord(consts) ? Object.keys(consts) : [],
    inputs: Array.isArray(triggers) ? allOrNone(declared.map(inputNames)) : undefined,
    variables: allOrNone(
      nodes
        .filter(({ stepType }) => stepType?.type === 'data.set')
        .map(({ step }) => ownProperty(step, 'with'))
        .map((values) => (isRecord(values) ? Object.keys(values) : undefined)),
    ),
    isTemplate: ownProperty(document, 'template-metadata') !== undefined,
  };
}

/** All names together. `undefined`: one of the lists is not known. */
function allOrNone(
  lists: readonly (readonly string[] | undefined)[],
): readonly string[] | undefined {
  const known = lists.filter((each) => each !== undefined);
  return known.length === lists.length ? known.flat() : undefined;
}

/**
 * Names of inputs. `undefined`: the value has neither form of inputs, or is a schema that allows
 * any names.
 */
function inputNames(inputs: unknown): readonly string[] | undefined {
  if (Array.isArray(inputs)) {
    return inputs.flatMap((input: unknown) => {
      const name = ownProperty(input, 'name');
      return typeof name === 'string' ? [name] : [];
    });
  }
  return propertyNames(inputs);
}

/**
 * Names of the properties of an object that a schema describes. `undefined`: the schema lists no
 * properties, or allows others too.
 */
export function propertyNames(schema: unknown): readonly string[] | undefined {
  const properties = ownProperty(schema, 'properties');
  const additional = ownProperty(schema, 'additionalProperties');
  const isOpen = additional === true || isRecord(additional);
  const hasMore = ['patternProperties', '$ref', 'allOf', 'anyOf', 'oneOf'].some(
    (keyword) => ownProperty(schema, keyword) !== undefined,
  );
  return isRecord(properties) && !isOpen && !hasMore ? Object.keys(properties) : undefined;
}
