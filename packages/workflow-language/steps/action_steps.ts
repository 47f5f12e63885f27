import {
  anything,
  boolean,
  either,
  integer,
  list,
  object,
  oneOf,
  record,
  text,
} from '../schema/json_schema.ts';
import type { CommonKey, StepType } from './step_type.ts';

/** Common keys that steps which compute or call allow. */
export const ACTION_KEYS: readonly CommonKey[] = [
  'if',
  'foreach',
  'timeout',
  'on-failure',
  'on-interrupted',
];

const fetcher = object({
  'skip_ssl_verification?': boolean(),
  'follow_redirects?': boolean(),
  'max_redirects?': integer({ minimum: 0 }),
  'keep_alive?': boolean(),
  'max_content_length?': integer({ minimum: 0 }),
});

const http: StepType = {
  type: 'http',
  title: 'HTTP request',
  description:
    'Sends a request: to `url`, or to `path` of a connector. A status of 400 and above fails the step.',
  behavior: 'call',
  effect: 'write',
  keys: object({
    with: object({
      'url?': text({ description: 'Address; needed without a connector.' }),
      'path?': text({ description: 'Path below the address of the connector.' }),
      'method?': oneOf(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], {
        description: 'Method of the request; default GET.',
      }),
      'headers?': record(anything(), { description: 'Headers of the request.' }),
      'query?': record(anything(), { description: 'Parameters of the address.' }),
      'body?': anything({ description: 'Body of the request: text, or an object sent as JSON.' }),
      'fetcher?': fetcher,
    }),
  }),
  common: [...ACTION_KEYS, 'connector-id'],
  nested: [],
  output: object({
    status: integer(),
    statusText: text(),
    headers: record(),
    data: anything(),
  }),
  connectorTypeId: '.http',
};

const pure = (
  step: Pick<StepType, 'type' | 'title' | 'description' | 'keys' | 'output' | 'perItem'>,
): StepType => ({ ...step, behavior: 'pure', common: ACTION_KEYS, nested: [] });

const source = either([text(), list(anything()), record()], { description: 'a template' });
const groupFields = either([text(), list(text())]);

const regexKeys = {
  pattern: text({ minLength: 1, maxLength: 10_000 }),
  'flags?': text(),
};

/** Types of steps that compute from the context (`data.*`). */
const DATA_STEPS: readonly StepType[] = [
  pure({
    type: 'data.set',
    title: 'Set variables',
    description: 'Sets `variables` for later steps.',
    keys: object({ with: record({}, { description: 'Names and values.' }) }),
    output: record(),
  }),
  pure({
    type: 'data.map',
    title: 'Map',
    description: 'Builds a new object for each member of a list, with `item` and `index`.',
    perItem: ['with', 'fields'],
    keys: object({
      items: source,
      with: object({ fields: record({}, { description: 'Keys of the new object.' }) }),
    }),
    output: anything(),
  }),
  pure({
    type: 'data.filter',
    title: 'Filter',
    description: 'Keeps the members of a list for which the condition is true.',
    perItem: ['with', 'condition'],
    keys: object({
      items: source,
      with: object({ condition: either([text(), boolean()]), 'limit?': integer({ minimum: 1 }) }),
    }),
    output: list(anything()),
  }),
  pure({
    type: 'data.find',
    title: 'Find',
    description: 'Finds the first member of a list for which the condition is true.',
    perItem: ['with', 'condition'],
    keys: object({
      items: source,
      with: object({ condition: either([text(), boolean()]), 'errorIfEmpty?': boolean() }),
    }),
    output: object({ item: anything(), index: either([integer(), { type: 'null' }]) }),
  }),
  pure({
    type: 'data.dedupe',
    title: 'Remove duplicates',
    description: 'Removes members of a list whose values at the given keys are equal. Keeps one.',
    keys: object({
      items: source,
      'strategy?': oneOf(['keep_first', 'keep_last']),
      with: object({ keys: list(text(), { minItems: 1 }) }),
    }),
    output: list(anything()),
  }),
  pure({
    type: 'data.aggregate',
    title: 'Aggregate',
    description: 'Groups the members of a list and computes metrics for each group.',
    keys: object({
      items: source,
      with: object({
        'group_by?': groupFields,
        'metrics?': either([
          list(
            object({
              name: text({ minLength: 1 }),
              operation: oneOf(['count', 'sum', 'avg', 'min', 'max']),
              'field?': text(),
            }),
          ),
          record(),
        ]),
        'buckets?': object({
          field: text(),
          ranges: list(
            object({ 'from?': { type: 'number' }, 'to?': { type: 'number' }, 'label?': text() }),
            { minItems: 1 },
          ),
        }),
        'order_by?': text(),
        'order?': oneOf(['asc', 'desc']),
        'sort_by?': text(),
        'sort_order?': oneOf(['asc', 'desc']),
        'limit?': integer({ minimum: 1 }),
      }),
    }),
    output: list(record()),
  }),
  pure({
    type: 'data.concat',
    title: 'Concatenate',
    description: 'Joins up to 50 lists.',
    keys: object({
      arrays: either([
        text({ description: 'a template' }),
        list(anything(), { minItems: 1, maxItems: 50 }),
      ]),
      'with?': object({
        'dedupe?': boolean(),
        'flatten?': either([boolean(), integer({ minimum: 1, maximum: 10 })]),
      }),
    }),
    output: list(anything()),
  }),
  pure({
    type: 'data.parseJson',
    title: 'Parse JSON',
    description: 'Reads the JSON text in `source`.',
    keys: object({ source: anything(), 'with?': object({}) }),
    output: anything(),
  }),
  pure({
    type: 'data.stringifyJson',
    title: 'Write JSON',
    description: 'Writes `source` as JSON.',
    keys: object({ source: anything(), 'with?': object({ 'pretty?': boolean() }) }),
    output: text(),
  }),
  pure({
    type: 'data.regexExtract',
    title: 'Extract with a pattern',
    description: 'Extracts groups of a regular expression from a text or list of texts.',
    keys: object({
      source,
      'errorIfNoMatch?': boolean(),
      with: object({ ...regexKeys, fields: record(text()) }),
    }),
    output: anything(),
  }),
  pure({
    type: 'data.regexReplace',
    title: 'Replace matches of a pattern',
    description: 'Replaces matches of a regular expression in a text or list of texts.',
    keys: object({
      source,
      'detailed?': boolean(),
      with: object({ ...regexKeys, replacement: text() }),
    }),
    output: anything(),
  }),
];

/** Types of steps that compute, log or call. */
export const ACTION_STEPS: readonly StepType[] = [
  pure({
    type: 'console',
    title: 'Log a message',
    description: 'Writes a message to the log of the run. The message is the output.',
    keys: object({ with: object({ message: anything({ description: 'Text or any value.' }) }) }),
    output: anything(),
  }),
  ...DATA_STEPS,
  http,
];
