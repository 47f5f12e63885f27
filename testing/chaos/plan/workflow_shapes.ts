import type { Random } from './random.ts';

/** Path of the service below the URL of both connectors. */
const EFFECT_PATH = '/effect';
/** Id of the connector without credentials, for `http` steps. */
export const SERVICE = 'service';
/** Id of the connector with an account per user. */
export const PERSONAL = 'files';

/** Effect of a step at the service. `post`: a repetition would have a second effect. */
type Effect = 'get' | 'put' | 'post';

/** A step that calls the service. */
export interface PlannedStep {
  readonly name: string;
  readonly effect: Effect;
  /** Number of iterations. `undefined`: the step is not in a loop. */
  readonly items?: number;
  /** Number of requests of each iteration that the service refuses before it accepts one. */
  readonly refusals: number;
  /** `true`: the step calls with the account of the user. */
  readonly isPersonal: boolean;
  /** `true`: the run completes even if the step fails. */
  readonly isOptional: boolean;
}

/** A generated workflow. */
export interface Shape {
  readonly id: string;
  readonly yaml: string;
  readonly steps: readonly PlannedStep[];
}

type Step = Readonly<Record<string, unknown>>;
type Part = Pick<Shape, 'steps'> & { readonly yaml: readonly Step[] };

/** Retry settings of a step. A refused call is repeated, but an interrupted one is not. */
const RETRY = {
  'max-attempts': 2,
  condition: 'not error.type : "StepInterrupted"',
};
/** More refusals than a step has attempts, so that the step always fails. */
const ALWAYS = 9;
const ITEMS = [0, 1, 2];

/** Returns a random workflow. */
export function writeShape(random: Random, id: string): Shape {
  const parts = Array.from({ length: random.integer(2, 5) }, (_, index) =>
    random.pick(KINDS)(`s${index + 1}`, random),
  );
  return shapeOf(id, parts);
}

/** Returns a workflow with these kinds of parts, one after the other. */
export function shapeWith(id: string, ...kinds: readonly (keyof typeof PARTS)[]): Shape {
  return shapeOf(
    id,
    kinds.map((kind, index) => PARTS[kind](`s${index + 1}`)),
  );
}

function shapeOf(id: string, parts: readonly Part[]): Shape {
  const steps = parts.flatMap((part) => part.steps);
  const personal = steps.filter(({ isPersonal }) => isPersonal);
  const owners = personal.map(({ name }) => [name, `\${{ steps.${name}.output.data.owner }}`]);
  const workflow = {
    name: id,
    triggers: [{ type: 'manual' }],
    steps: [
      { name: 'begin', type: 'data.set', with: { at: '{{ now }}' } },
      ...parts.flatMap(({ yaml }) => yaml),
      { name: 'end', type: 'workflow.output', with: { done: true, ...Object.fromEntries(owners) } },
    ],
  };
  // JSON is valid YAML.
  return { id, yaml: JSON.stringify(workflow), steps };
}

interface CallOptions {
  readonly item?: string;
  readonly refusals?: number;
  readonly more?: Step;
}

function call(name: string, effect: Effect, options: CallOptions = {}): Step {
  const { item = '', refusals = 0, more = {} } = options;
  return {
    name,
    type: 'http',
    'connector-id': SERVICE,
    with: {
      method: effect.toUpperCase(),
      path: EFFECT_PATH,
      query: {
        run: '{{ execution.id }}',
        step: name,
        item,
        refusals: String(refusals),
        content: "{{ 'now' | date: '%s%L' }}",
      },
    },
    ...more,
  };
}

function planned(name: string, effect: Effect, over: Partial<PlannedStep> = {}): PlannedStep {
  return { name, effect, refusals: 0, isPersonal: false, isOptional: false, ...over };
}

const single =
  (effect: Effect) =>
  (name: string): Part => ({ yaml: [call(name, effect)], steps: [planned(name, effect)] });

const waitFor =
  (duration: string) =>
  (name: string): Part => ({
    yaml: [{ name, type: 'wait', with: { duration } }],
    steps: [],
  });

const PARTS = {
  get: single('get'),
  put: single('put'),
  post: single('post'),
  optional: (name: string): Part => ({
    yaml: [call(name, 'post', { more: { 'on-failure': { continue: true } } })],
    steps: [planned(name, 'post', { isOptional: true })],
  }),
  personal: (name: string): Part => ({
    yaml: [
      {
        name,
        type: 'custom_api.request',
        'connector-id': PERSONAL,
        with: {
          method: 'POST',
          path: EFFECT_PATH,
          query: { run: '{{ execution.id }}', step: name, personal: 'true' },
        },
      },
    ],
    steps: [planned(name, 'post', { isPersonal: true })],
  }),
  retried: (name: string): Part => ({
    yaml: [call(name, 'post', { refusals: 1, more: { 'on-failure': { retry: RETRY } } })],
    steps: [planned(name, 'post', { refusals: 1 })],
  }),
  fallback: (name: string): Part => ({
    yaml: [
      call(name, 'post', {
        refusals: ALWAYS,
        more: { 'on-failure': { fallback: [call(`${name}b`, 'put')], continue: true } },
      }),
    ],
    steps: [
      planned(name, 'post', { refusals: ALWAYS, isOptional: true }),
      planned(`${name}b`, 'put'),
    ],
  }),
  loop: (name: string): Part => ({
    yaml: [
      {
        name,
        type: 'foreach',
        foreach: ITEMS,
        steps: [call(`${name}b`, 'post', { item: '{{ foreach.item }}' })],
      },
    ],
    steps: [planned(`${name}b`, 'post', { items: ITEMS.length })],
  }),
  parallel: (name: string): Part => ({
    yaml: [
      {
        name,
        type: 'parallel',
        branches: [
          { name: 'a', steps: [call(`${name}a`, 'get'), call(`${name}b`, 'post')] },
          { name: 'b', steps: [call(`${name}c`, 'put')] },
        ],
      },
    ],
    steps: [planned(`${name}a`, 'get'), planned(`${name}b`, 'post'), planned(`${name}c`, 'put')],
  }),
  pause: waitFor('1s'),
  long: waitFor('1h'),
  approval: (name: string): Part => ({
    yaml: [{ name, type: 'waitForApproval', with: { message: 'Continue?' } }],
    steps: [],
  }),
  compute: (name: string): Part => ({
    yaml: [{ name, type: 'data.set', with: { value: '{{ variables.at }}' } }],
    steps: [],
  }),
} satisfies Readonly<Record<string, (name: string, random: Random) => Part>>;

const KINDS: readonly ((name: string, random: Random) => Part)[] = Object.values(PARTS);
