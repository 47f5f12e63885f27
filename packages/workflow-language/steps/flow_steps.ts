import {
  anything,
  boolean,
  duration,
  either,
  integer,
  type JsonSchema,
  list,
  object,
  oneOf,
  record,
  text,
} from '../schema/json_schema.ts';
import { ON_FAILURE } from '../schema/workflow_schema.ts';
import type { StepType } from './step_type.ts';

const steps = list(anything(), { minItems: 1, description: 'a list of steps' });

const condition = either([text({ description: 'a condition' }), boolean()], {
  description: 'KQL such as `steps.search.output.total > 0`, or `${{ an expression }}`.',
});

/** Schema of a value that is converted to text before it is compared. */
const comparable = either([text({ description: 'a text' }), { type: 'number' }, boolean()]);

const maxIterations = either([
  integer({ minimum: 1 }),
  object({ limit: integer({ minimum: 1 }), 'on-limit?': oneOf(['continue', 'fail']) }),
]);

const loopKeys = {
  'max-iterations?': {
    ...maxIterations,
    description: 'Greatest number of iterations; default 2,000.',
  },
  'iteration-timeout?': duration({ description: 'Longest time of one iteration.' }),
  'iteration-on-failure?': ON_FAILURE,
};

const items = either([text({ description: 'a template or path of a list' }), list(anything())]);

const fields = object;

/** Types of steps that decide which steps run next, and `wait`. */
export const FLOW_STEPS: readonly StepType[] = [
  {
    type: 'if',
    title: 'If',
    description: 'Runs its steps if the condition is true, and those of `else` otherwise.',
    behavior: 'flow',
    keys: fields({ condition, steps, 'else?': steps }),
    common: ['on-failure'],
    nested: [['steps'], ['else']],
  },
  {
    type: 'switch',
    title: 'Switch',
    description: 'Runs the steps of the first case whose `match` equals the expression as text.',
    behavior: 'flow',
    keys: fields({
      expression: { ...comparable, description: 'Value that is compared with each `match`.' },
      cases: list(object({ match: comparable, steps }), { minItems: 1 }),
      'default?': steps,
    }),
    common: ['if', 'on-failure'],
    nested: [['cases', '*', 'steps'], ['default']],
    output: object({ matchedValue: anything(), matchedIndex: integer() }),
  },
  {
    type: 'foreach',
    title: 'For each',
    description: 'Runs its steps for each member of a list, one after the other.',
    behavior: 'flow',
    keys: fields({ foreach: items, steps, ...loopKeys }),
    common: ['if', 'timeout', 'on-failure'],
    nested: [['steps']],
    output: object({ items: list(anything()), total: integer() }),
  },
  {
    type: 'while',
    title: 'While',
    description: 'Runs its steps, then again as long as the condition is true.',
    behavior: 'flow',
    keys: fields({ condition, steps, ...loopKeys }),
    common: ['if', 'timeout', 'on-failure'],
    nested: [['steps']],
    output: object({ 'exitReason?': oneOf(['condition', 'max-iterations']) }),
  },
  {
    type: 'loop.break',
    title: 'Leave the loop',
    description: 'Ends the nearest loop.',
    behavior: 'flow',
    keys: fields({}),
    common: ['if'],
    nested: [],
  },
  {
    type: 'loop.continue',
    title: 'Next iteration',
    description: 'Ends this iteration of the nearest loop.',
    behavior: 'flow',
    keys: fields({}),
    common: ['if'],
    nested: [],
  },
  {
    type: 'parallel',
    title: 'Parallel',
    description: 'Runs branches at the same time: named ones, or one for each member of a list.',
    behavior: 'flow',
    keys: fields({
      'foreach?': either([text({ maxLength: 2_000, description: 'a template' }), list(anything())]),
      'steps?': steps,
      'branches?': list(object({ name: text({ minLength: 1, maxLength: 256 }), steps }), {
        minItems: 2,
        maxItems: 100,
      }),
      'concurrency?': either([
        integer({ minimum: 1, maximum: 20 }),
        object({ max: integer({ minimum: 1, maximum: 20 }), 'count-waiting?': boolean() }),
      ]),
      'mode?': text({
        description:
          'When a branch fails: `fail-fast` (default) starts no more, `settled` runs all.',
      }),
      'branch-timeout?': duration({ description: 'Longest time of one branch.' }),
    }),
    common: ['if', 'timeout', 'on-failure'],
    nested: [['steps'], ['branches', '*', 'steps']],
    output: record(),
  },
  {
    type: 'wait',
    title: 'Wait',
    description: 'Waits for a duration.',
    behavior: 'pause',
    keys: fields({ with: object({ duration: duration({ description: 'How long to wait.' }) }) }),
    common: ['if', 'on-failure'],
    nested: [],
  },
];

const channels = record(anything());

/** Schema of the output of a step that waits for a user. */
const responded = (response: JsonSchema): JsonSchema =>
  object({
    response: { description: 'Response of the user.', ...response },
    respondedBy: text({ description: 'Name of the user.' }),
    respondedAt: text({ description: 'Time of the response.' }),
    input: { description: 'Older name of `response`.', ...response },
    resumedBy: text({ description: 'Older name of `respondedBy`.' }),
    resumedAt: text({ description: 'Older name of `respondedAt`.' }),
  });

/** Types of steps that wait for a user. */
export const HUMAN_STEPS: readonly StepType[] = [
  {
    type: 'waitForInput',
    title: 'Wait for input',
    description: 'Waits until a user has filled in a form. The response is the output.',
    behavior: 'pause',
    keys: fields({
      'with?': object({
        'message?': text({ description: 'What the user is asked.' }),
        'schema?': record({}, { description: 'JSON Schema of the form.' }),
        'channels?': channels,
      }),
    }),
    common: ['if', 'timeout', 'on-failure'],
    nested: [],
    output: responded(anything()),
  },
  {
    type: 'waitForApproval',
    title: 'Wait for approval',
    description: 'Waits until a user approves or declines: `response.approved` says which.',
    behavior: 'pause',
    keys: fields({
      'with?': object({
        'message?': text({ description: 'What the user is asked.' }),
        'approveLabel?': text({ description: 'Text of the button; default Approve.' }),
        'rejectLabel?': text({ description: 'Text of the button; default Decline.' }),
        'channels?': channels,
      }),
    }),
    common: ['if', 'timeout', 'on-failure'],
    nested: [],
    output: responded(object({ approved: boolean() })),
  },
];

const child = object({
  'workflow-id': text({ minLength: 1, description: 'Id or name of the workflow.' }),
  'inputs?': record({}, { description: 'Its inputs.' }),
});

/** Types of steps that start other workflows or end the run. */
export const COMPOSITION_STEPS: readonly StepType[] = [
  {
    type: 'workflow.execute',
    title: 'Run a workflow',
    description: 'Runs another workflow and waits for its outputs.',
    behavior: 'pause',
    keys: fields({ with: child }),
    common: ['if', 'foreach', 'timeout', 'on-failure'],
    nested: [],
    output: record(),
  },
  {
    type: 'workflow.executeAsync',
    title: 'Start a workflow',
    description: 'Starts another workflow and continues without waiting for it.',
    behavior: 'call',
    effect: 'write',
    keys: fields({ with: child }),
    common: ['if', 'foreach', 'timeout', 'on-failure'],
    nested: [],
    output: object({
      workflowId: text(),
      executionId: text(),
      awaited: boolean(),
      status: text(),
      'startedAt?': text(),
    }),
  },
  {
    type: 'workflow.output',
    title: 'End with outputs',
    description: 'Ends the run and sets its outputs.',
    behavior: 'flow',
    keys: fields({ 'with?': record(), 'status?': oneOf(['completed', 'cancelled', 'failed']) }),
    common: ['if'],
    nested: [],
  },
  {
    type: 'workflow.fail',
    title: 'Fail',
    description: 'Ends the run as failed.',
    behavior: 'flow',
    keys: fields({ 'with?': object({ 'message?': text(), 'reason?': text() }) }),
    common: ['if'],
    nested: [],
  },
];
