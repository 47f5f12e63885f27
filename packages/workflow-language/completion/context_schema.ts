import { inputsSchema } from '../inputs/resolve_inputs.ts';
import {
  anything,
  boolean,
  integer,
  type JsonSchema,
  list,
  object,
  record,
  text,
} from '../schema/json_schema.ts';
import { schemasAt } from '../schema/schema_walk.ts';
import { outputSchema } from '../validation/step_output.ts';
import type { StepNode } from '../validation/step_tree.ts';
import { isRecord, ownProperty, splitPath } from '../values/read_path.ts';

const error = object(
  { type: text(), message: text(), 'details?': anything() },
  { description: 'Error of a failed step.' },
);

const EXECUTION: JsonSchema = object(
  {
    id: text({ description: 'Id of the run.' }),
    isTestRun: boolean({ description: 'True: started from the editor.' }),
    startedAt: text({ description: 'Time of the start.' }),
    url: text({ description: 'Address of the page of the run.' }),
    executedBy: text({ description: 'User as whom the run acts.' }),
    triggeredBy: text({ description: 'Kind of the start: manual, scheduled, …' }),
    compositionDepth: integer({ description: 'Number of workflows around this one.' }),
  },
  { description: 'This run.' },
);

const WORKFLOW_FACTS: JsonSchema = object(
  {
    id: text(),
    name: text(),
    enabled: boolean(),
    spaceId: text({ description: 'Space of the workflow.' }),
  },
  { description: 'This workflow.' },
);

const PARENT: JsonSchema = object(
  { workflowId: text(), executionId: text(), depth: integer(), parentWorkflowId: text() },
  { description: 'Run that started this one.' },
);

const EVENT: JsonSchema = object(
  {
    type: text(),
    timestamp: text({ description: 'Time of the event.' }),
    spaceId: text(),
    alerts: list(record()),
    rule: object({ id: text(), name: text(), tags: list(text()) }),
    workflow: object({ id: text(), name: text(), spaceId: text(), isErrorHandler: boolean() }),
    execution: object({ id: text(), startedAt: text(), failedAt: text() }),
    error: object({ message: text(), stepId: text(), stepName: text(), stepExecutionId: text() }),
  },
  { description: 'Data of the trigger.' },
);

/**
 * JSON Schema of the variables that the templates of a step may read.
 * @param step step of the templates; absent: the templates are outside all steps
 */
export function contextSchema(
  document: unknown,
  steps: readonly StepNode[],
  step: StepNode | undefined,
): JsonSchema {
  const consts = ownProperty(document, 'consts');
  const loop = loopsAround(step);
  return object({
    inputs: { description: 'Inputs of the run.', ...inputsSchema(document) },
    consts: { ...schemaOfValue(consts ?? {}), description: 'Constants of the workflow.' },
    steps: object(
      Object.fromEntries(
        steps.flatMap((each) =>
          [each.name, each.id].flatMap((name) =>
            name === undefined ? [] : [[name, stepState(each)]],
          ),
        ),
      ),
      { description: 'Outputs and errors of steps.' },
    ),
    variables: { ...variables(steps), description: 'Values set by `data.set`.' },
    ...(loop.owner !== undefined && { foreach: foreachSchema(loop.owner, document, steps) }),
    ...(loop.isWhile && {
      while: object({ iteration: integer() }, { description: 'State of the loop.' }),
    }),
    event: EVENT,
    execution: EXECUTION,
    workflow: WORKFLOW_FACTS,
    parent: PARENT,
    error,
    metadata: record({}, { description: 'Data of the caller.' }),
    kibanaUrl: text({ description: 'Address of this server.' }),
    now: text({ description: 'Current time.' }),
  });
}

function stepState(node: StepNode): JsonSchema {
  const states: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
    foreach: { item: anything(), index: integer(), total: integer(), items: list(anything()) },
    while: { iteration: integer() },
    switch: { matchedValue: text(), matchedIndex: integer() },
  };
  const { stepType } = node;
  const type = stepType?.type ?? '';
  return object(
    {
      output: { description: 'Result of the step.', ...outputSchema(node) },
      error,
      ...(Object.hasOwn(states, type) ? states[type] : {}),
    },
    stepType === undefined ? {} : { description: `${stepType.title} (\`${stepType.type}\`)` },
  );
}

/** Schema that describes the keys of a literal value. */
function schemaOfValue(value: unknown): JsonSchema {
  if (isRecord(value)) {
    return object(
      Object.fromEntries(Object.entries(value).map(([key, each]) => [key, schemaOfValue(each)])),
    );
  }
  if (Array.isArray(value)) return list(value.length > 0 ? schemaOfValue(value[0]) : anything());
  if (value === null || value === undefined) return {};
  const type = typeof value;
  const shown =
    type === 'string' && String(value).length > 60 ? `${String(value).slice(0, 60)} …` : value;
  return { type, description: JSON.stringify(shown) };
}

function variables(steps: readonly StepNode[]): JsonSchema {
  const all = steps
    .filter(({ stepType }) => stepType?.type === 'data.set')
    .map(({ step }) => ownProperty(step, 'with'))
    .filter(isRecord);
  return schemaOfValue(Object.assign({}, ...all));
}

interface Loops {
  readonly isWhile: boolean;
  /** The innermost enclosing step that is executed for each member of a list. */
  readonly owner: StepNode | undefined;
}

function loopsAround(step: StepNode | undefined): Loops {
  let isWhile = false;
  for (let each = step; each !== undefined; each = each.parent) {
    const type = each.stepType?.type;
    if (type === 'while') isWhile = true;
    const isAround = each !== step || (type !== 'foreach' && type !== 'parallel');
    if (isAround && ownProperty(each.step, 'foreach') !== undefined) {
      return { isWhile, owner: each };
    }
  }
  return { isWhile, owner: undefined };
}

function foreachSchema(owner: StepNode, document: unknown, steps: readonly StepNode[]): JsonSchema {
  const item = itemSchema(owner, document, steps);
  return object(
    {
      item: { description: 'Current member of the list.', ...item },
      index: integer({ description: 'Place of the member, from 0.' }),
      total: integer({ description: 'Number of members.' }),
      items: list(anything(), { description: 'The whole list.' }),
    },
    { description: 'The nearest loop.' },
  );
}

/**
 * Schema of a member of the list, if the loop names the list by a path such as `{{ steps.a.output
 * }}`.
 */
function itemSchema(owner: StepNode, document: unknown, steps: readonly StepNode[]): JsonSchema {
  const items = ownProperty(owner.step, 'foreach');
  if (Array.isArray(items)) return items.length > 0 ? schemaOfValue(items[0]) : {};
  const path = /^\s*\$?\{\{\s*([\w.[\]-]+)\s*\}\}\s*$/.exec(String(items))?.[1];
  if (path === undefined) return {};
  const outer = contextSchema(document, steps, owner.parent);
  return schemasAt(outer, [...splitPath(path), 0])[0] ?? {};
}
