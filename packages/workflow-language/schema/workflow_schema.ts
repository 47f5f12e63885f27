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

const retry = object({
  'max-attempts': integer({ minimum: 1 }),
  'condition?': either([text({ description: 'a condition' }), boolean()]),
  'delay?': duration(),
  'strategy?': oneOf(['fixed', 'exponential']),
  'multiplier?': { type: 'number', minimum: 1 },
  'max-delay?': duration(),
  'jitter?': boolean(),
});

/** `on-failure` of a step or of `settings`. Steps of `fallback` are checked one by one. */
export const ON_FAILURE: JsonSchema = object({
  'retry?': retry,
  'fallback?': list(anything(), { minItems: 1, description: 'a list of steps' }),
  'continue?': either([boolean(), text({ description: 'a template' })]),
});

const liquid = object({
  'parseLimit?': integer({ minimum: 1, maximum: 600_000 }),
  'renderLimit?': integer({ minimum: 1, maximum: 2_000 }),
  'memoryLimit?': integer({ minimum: 1, maximum: 60_000_000 }),
});

const settings = object({
  'timeout?': duration(),
  'timezone?': text(),
  'on-failure?': ON_FAILURE,
  'max-step-size?': byteSize(),
  'concurrency?': object({
    'key?': text({ maxLength: 512 }),
    'strategy?': oneOf(['drop', 'cancel-in-progress', 'queue']),
    'max?': integer({ minimum: 1 }),
    'queue-size?': integer({ minimum: 1 }),
    'queue-ttl?': duration(),
  }),
  'liquid?': liquid,
  'run_as?': text(),
  'on-unauthorized?': oneOf(['wait', 'fail']),
  'unauthorized-timeout?': duration(),
});

const fields = either([
  list(anything(), { description: 'a list of inputs' }),
  record(anything(), { description: 'a JSON Schema' }),
]);

/** The document. Triggers, steps and inputs are checked one by one, by their `type`. */
export const WORKFLOW: JsonSchema = object({
  'version?': { const: '1' },
  name: text({ minLength: 1 }),
  'description?': text(),
  'enabled?': boolean(),
  'tags?': list(text()),
  'settings?': settings,
  triggers: list(record(), { minItems: 1 }),
  'inputs?': fields,
  'outputs?': fields,
  'consts?': record(),
  steps: list(record(), { minItems: 1 }),
  'template-metadata?': record(),
});

/** One input of the array form. */
export const ARRAY_INPUT: JsonSchema = object({
  name: text({ minLength: 1 }),
  type: oneOf(['string', 'number', 'boolean', 'choice', 'array']),
  'description?': text(),
  'required?': boolean(),
  'default?': anything(),
  'options?': list(text(), { minItems: 1 }),
  'minItems?': integer({ minimum: 0 }),
  'maxItems?': integer({ minimum: 0 }),
});

const rrule = object({
  freq: oneOf(['DAILY', 'WEEKLY', 'MONTHLY']),
  interval: integer({ minimum: 1 }),
  'tzid?': text(),
  'dtstart?': text(),
  'byhour?': list(integer({ minimum: 0, maximum: 23 })),
  'byminute?': list(integer({ minimum: 0, maximum: 59 })),
  'byweekday?': list(oneOf(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'])),
  'bymonthday?': list(integer({ minimum: -31, maximum: 31 })),
});

/** Triggers by their type. Any other type is an event trigger. */
export const TRIGGERS: Readonly<Record<string, JsonSchema>> = {
  manual: object({ type: text(), 'inputs?': fields }),
  scheduled: object({
    type: text(),
    with: object({ 'every?': text(), 'rrule?': rrule }),
    'inputs?': fields,
  }),
  alert: object({ type: text(), 'inputs?': fields }),
  webhook: object({ type: text(), 'inputs?': fields, 'auth?': anything() }),
  page: object({
    type: text(),
    'title?': text({ maxLength: 200 }),
    'description?': text({ maxLength: 1_000 }),
    'inputs?': fields,
  }),
};

export const EVENT_TRIGGER: JsonSchema = object({
  type: text({ minLength: 1 }),
  'on?': object({
    'condition?': text(),
    'workflowEvents?': oneOf(['ignore', 'avoid-loop', 'allow-all']),
  }),
  'connector-id?': text({ minLength: 1 }),
  'inputs?': fields,
});

/** Keys that steps share, by their name. */
export const COMMON_STEP_KEYS: Readonly<Record<string, JsonSchema>> = {
  name: text({ minLength: 1 }),
  type: text({ minLength: 1 }),
  'max-step-size': byteSize(),
  if: either([text({ description: 'a condition' }), boolean()]),
  foreach: either([text({ description: 'a template or path of a list' }), list(anything())]),
  timeout: duration(),
  'on-failure': ON_FAILURE,
  'on-interrupted': oneOf(['retry', 'fail']),
  'connector-id': text({ minLength: 1 }),
};
