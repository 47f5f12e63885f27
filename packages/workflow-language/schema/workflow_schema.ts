import {
  anything,
  boolean,
  byteSize,
  duration,
  either,
  integer,
  type JsonSchema,
  list,
  object,
  oneOf,
  record,
  text,
} from './json_schema.ts';

const retry = object(
  {
    'max-attempts': integer({
      minimum: 1,
      description: 'Number of repetitions after the first execution.',
    }),
    'condition?': either([text({ description: 'a condition' }), boolean()], {
      description: 'Retries only if this is true. May read `error`.',
    }),
    'delay?': duration({ description: 'Wait before a repetition.' }),
    'strategy?': oneOf(['fixed', 'exponential'], {
      description: '`fixed` (default): the same wait each time. `exponential`: it grows.',
    }),
    'multiplier?': {
      type: 'number',
      minimum: 1,
      description: 'Growth of the wait with `exponential`; default 2.',
    },
    'max-delay?': duration({ description: 'Longest wait with `exponential`.' }),
    'jitter?': boolean({ description: 'Waits a random part of the delay.' }),
  },
  { description: 'Repeats the step when it fails.' },
);

/**
 * Schema of `on-failure` in a step or in `settings`. Steps in `fallback` are checked separately.
 */
export const ON_FAILURE: JsonSchema = object(
  {
    'retry?': retry,
    'fallback?': list(anything(), {
      minItems: 1,
      description: 'Steps that run when all repetitions have failed.',
    }),
    'continue?': either([boolean(), text({ description: 'a template' })], {
      description: 'Goes on with the next step. Without it, the run fails.',
    }),
  },
  { description: 'What happens when the step fails.' },
);

const liquid = object({
  'parseLimit?': integer({ minimum: 1, maximum: 600_000 }),
  'renderLimit?': integer({ minimum: 1, maximum: 2_000 }),
  'memoryLimit?': integer({ minimum: 1, maximum: 60_000_000 }),
});

/**
 * Maximum number of active and waiting runs of a concurrency group, because each decision reads all
 * of them.
 */
const MAX_GROUP_SIZE = 1_000;

const settings = object(
  {
    'timeout?': duration({ description: 'Longest time of a run, with its waits.' }),
    'timezone?': text({ description: 'Time zone of schedules and of the filter `date`.' }),
    'on-failure?': ON_FAILURE,
    'max-step-size?': byteSize({ description: 'Maximum size of the output of a step.' }),
    'concurrency?': object(
      {
        'key?': text({
          maxLength: 512,
          description: 'Runs with the same key are counted together.',
        }),
        'strategy?': oneOf(['drop', 'cancel-in-progress', 'queue'], {
          description: 'What happens to a run above the limit.',
        }),
        'max?': integer({
          minimum: 1,
          maximum: MAX_GROUP_SIZE,
          description: 'Number of runs at the same time; default 1.',
        }),
        'queue-size?': integer({
          minimum: 1,
          maximum: MAX_GROUP_SIZE,
          description: 'Runs that may wait; default 100.',
        }),
        'queue-ttl?': duration({ description: 'Longest wait of a queued run; default 24h.' }),
      },
      { description: 'Limits the runs at the same time.' },
    ),
    'liquid?': liquid,
    'on-unauthorized?': oneOf(['wait', 'fail'], {
      description: 'A step whose user has to authorize waits (default) or fails.',
    }),
    'unauthorized-timeout?': duration({ description: 'Longest such wait; default 24h.' }),
  },
  { description: 'Limits and defaults of runs.' },
);

const fields = either([
  list(anything(), { description: 'a list of inputs' }),
  record(anything(), { description: 'a JSON Schema' }),
]);

/** Schema of the document. Triggers, steps and inputs are checked separately, by their `type`. */
export const WORKFLOW: JsonSchema = object({
  'version?': { const: '1', description: 'Version of the language.' },
  name: text({ minLength: 1, description: 'Name of the workflow.' }),
  'description?': text({ description: 'Purpose of the workflow.' }),
  'enabled?': boolean({ description: 'A disabled workflow does not run; default true.' }),
  'tags?': list(text(), { description: 'Words to find the workflow by.' }),
  'settings?': settings,
  triggers: list(record(), { minItems: 1, description: 'What starts a run.' }),
  'inputs?': { ...fields, description: 'Inputs of a run. Newer files have them in a trigger.' },
  'outputs?': { ...fields, description: 'Outputs that `workflow.output` sets.' },
  'consts?': record(
    { type: ['string', 'number', 'boolean', 'object', 'array'] },
    { description: 'Constants, read as `consts.name`.' },
  ),
  steps: list(record(), { minItems: 1, description: 'Steps in the order of their execution.' }),
  'template-metadata?': record({}, { description: 'Facts for a library of workflows.' }),
});

/** Schema of one input in the array form. */
export const ARRAY_INPUT: JsonSchema = object({
  name: text({ minLength: 1, description: 'Name, read as `inputs.name`.' }),
  type: oneOf(['string', 'number', 'boolean', 'choice', 'array'], {
    description: 'Kind of the value.',
  }),
  'description?': text({ description: 'Help for the user who starts the run.' }),
  'required?': boolean({ description: 'True: a run cannot start without it.' }),
  'default?': anything({ description: 'Value if none is given.' }),
  'options?': list(text(), { minItems: 1, description: 'Values of a choice.' }),
  'minItems?': integer({ minimum: 0, description: 'Least number of members of a list.' }),
  'maxItems?': integer({ minimum: 0, description: 'Greatest number of members of a list.' }),
});

const rrule = object(
  {
    freq: oneOf(['DAILY', 'WEEKLY', 'MONTHLY'], { description: 'Unit of `interval`.' }),
    interval: integer({
      minimum: 1,
      maximum: 1_000,
      description: '1: every day, week or month; 2: every second.',
    }),
    'tzid?': text({ description: 'Time zone, such as Europe/Berlin; default UTC.' }),
    'dtstart?': text({ description: 'First date and time.' }),
    'byhour?': list(integer({ minimum: 0, maximum: 23 }), {
      minItems: 1,
      maxItems: 24,
      description: 'Hours of the day.',
    }),
    'byminute?': list(integer({ minimum: 0, maximum: 59 }), {
      minItems: 1,
      maxItems: 60,
      description: 'Minutes of the hour.',
    }),
    'byweekday?': list(oneOf(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']), {
      minItems: 1,
      maxItems: 7,
      description: 'Days of the week.',
    }),
    'bymonthday?': list(integer({ minimum: -31, maximum: 31 }), {
      minItems: 1,
      maxItems: 62,
      description: 'Days of the month; negative ones count from its end.',
    }),
  },
  { description: 'A schedule of calendar days.' },
);

const triggerType = text({ minLength: 1, description: 'Kind of start.' });
const triggerInputs = { ...fields, description: 'Inputs of a run.' };

/** Schemas of triggers by their type. Every other type is an event trigger. */
export const TRIGGERS: Readonly<Record<string, JsonSchema>> = {
  manual: object({ type: triggerType, 'inputs?': triggerInputs }),
  scheduled: object({
    type: triggerType,
    with: object(
      {
        'every?': text({ description: 'Interval such as 5m or 1d, at least one minute.' }),
        'rrule?': rrule,
      },
      { description: 'The schedule: `every` or `rrule`.' },
    ),
    'inputs?': triggerInputs,
  }),
  alert: object({ type: triggerType, 'inputs?': triggerInputs }),
  webhook: object({ type: triggerType, 'inputs?': triggerInputs, 'auth?': anything() }),
  page: object({
    type: triggerType,
    'title?': text({ maxLength: 200 }),
    'description?': text({ maxLength: 1_000 }),
    'inputs?': triggerInputs,
  }),
};

/** Types of events that start workflows on this server. */
export const EVENTS: readonly string[] = ['workflows.failed'];

/** Schema of a trigger for an event. */
export const EVENT_TRIGGER: JsonSchema = object({
  type: triggerType,
  'on?': object(
    {
      'condition?': text({ description: 'KQL over `event`.' }),
      'workflowEvents?': oneOf(['ignore', 'avoid-loop', 'allow-all'], {
        description: 'Events that workflows cause: none, those without a cycle (default), all.',
      }),
    },
    { description: 'Which events start a run.' },
  ),
  'connector-id?': text({ minLength: 1, description: 'Connector that receives the events.' }),
  'inputs?': triggerInputs,
});

/** Schemas of keys that several step types have, by the name of the key. */
export const COMMON_STEP_KEYS: Readonly<Record<string, JsonSchema>> = {
  name: text({ minLength: 1, description: 'Unique name, read as `steps.name`.' }),
  id: text({ minLength: 1, description: 'Another unique name, read as `steps.id`.' }),
  type: text({ minLength: 1, description: 'What the step does.' }),
  'max-step-size': byteSize({ description: 'Maximum size of the output.' }),
  if: either([text({ description: 'a condition' }), boolean()], {
    description: 'Runs the step only if this is true.',
  }),
  foreach: either([text({ description: 'a template or path of a list' }), list(anything())], {
    description: 'Runs the step for each member of a list.',
  }),
  timeout: duration({ description: 'Longest time of the step.' }),
  'on-failure': ON_FAILURE,
  'on-interrupted': oneOf(['retry', 'fail'], {
    description: 'What happens to a call that a crash of the server interrupted.',
  }),
  'connector-id': text({ minLength: 1, description: 'Id or name of the connector.' }),
};
