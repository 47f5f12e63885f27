import { declaredSchema, inputsSchema, triggerInputsSchema } from '../inputs/resolve_inputs.ts';
import { EVENTS } from '../schema/workflow_schema.ts';
import type { StepRegistry } from '../steps/step_registry.ts';
import type { CommonKey, StepType } from '../steps/step_type.ts';
import { DEFAULT_TEMPLATE_LIMITS, MAX_TEMPLATE_LIMITS } from '../templates/template_engine.ts';
import { MAX_OUTPUT_BYTES, parseByteSize } from '../values/byte_size.ts';
import { parseDuration } from '../values/duration.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import type {
  ConcurrencyPolicy,
  FailurePolicy,
  LoopLimits,
  ProgramSettings,
  ProgramStep,
  RetryPolicy,
  StepBody,
  WorkflowProgram,
} from './workflow_program.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_MAX_ITERATIONS = 2_000;
const DEFAULT_MAX_OUTPUT = 10 * 1024 ** 2;
const DEFAULT_CONCURRENCY = 5;
/** Default maximum number of runs that wait in one concurrency group. */
const DEFAULT_QUEUE_SIZE = 100;
/** Default of the first delay of `exponential` retries, in milliseconds. */
const DEFAULT_EXPONENTIAL_DELAY_MS = 1_000;
const DEFAULT_MULTIPLIER = 2;

/** Settings that the steps of a list inherit from their surroundings. */
interface Inherited {
  readonly registry: StepRegistry;
  readonly maxOutputBytes: number;
  /** `on-failure` of `settings`. `undefined`: none, or inside a fallback. */
  readonly onFailure: FailurePolicy | undefined;
  /** Gets the `id` of each step that has one, by its name. */
  readonly stepIds: Map<string, string>;
}

/**
 * Compiles a document to a program.
 * @param document document that `validateWorkflow` has found valid with the same registry
 * @throws TypeError if it is not valid
 */
export function compileWorkflow(document: unknown, registry: StepRegistry): WorkflowProgram {
  const settings = recordAt(document, 'settings');
  const stepIds = new Map<string, string>();
  const bare = {
    registry,
    stepIds,
    maxOutputBytes: bytesOf(settings, DEFAULT_MAX_OUTPUT),
    onFailure: undefined,
  };
  const inherited = { ...bare, onFailure: failurePolicyOf(settings['on-failure'], bare) };
  const outputs = declaredSchema(ownProperty(document, 'outputs'));
  return {
    name: textAt(document, 'name'),
    consts: recordAt(document, 'consts'),
    ...optional('inputs', inputsSchema(document)),
    triggerInputs: triggerInputsOf(document),
    ...optional('outputs', outputs),
    settings: settingsOf(settings),
    stepIds,
    steps: stepsOf(ownProperty(document, 'steps'), inherited),
  };
}

/** Triggers that nobody enters inputs for. */
function triggerInputsOf(document: unknown): WorkflowProgram['triggerInputs'] {
  const types = listAt(document, 'triggers').map((trigger) => ownProperty(trigger, 'type'));
  return Object.fromEntries(
    types
      .filter((type) => typeof type === 'string')
      .filter((type) => type === 'scheduled' || EVENTS.includes(type))
      .map((type) => [type, triggerInputsSchema(document, type)]),
  );
}

function settingsOf(settings: Readonly<Record<string, unknown>>): ProgramSettings {
  const liquid = recordAt(settings, 'liquid');
  const limit = (name: keyof typeof DEFAULT_TEMPLATE_LIMITS): number =>
    Math.min(numberAt(liquid, name) ?? DEFAULT_TEMPLATE_LIMITS[name], MAX_TEMPLATE_LIMITS[name]);
  const timezone = ownProperty(settings, 'timezone');
  return {
    ...optional('timeoutMs', durationAt(settings, 'timeout')),
    timezone: typeof timezone === 'string' ? timezone : 'UTC',
    liquid: {
      parseLimit: limit('parseLimit'),
      renderLimit: limit('renderLimit'),
      memoryLimit: limit('memoryLimit'),
    },
    onUnauthorized: ownProperty(settings, 'on-unauthorized') === 'fail' ? 'fail' : 'wait',
    unauthorizedTimeoutMs: durationAt(settings, 'unauthorized-timeout') ?? 24 * HOUR_MS,
    ...optional('concurrency', concurrencyOf(recordAt(settings, 'concurrency'))),
  };
}

/**
 * Concurrency policy of the settings. `undefined`: no strategy is set, so the number of runs is not
 * limited.
 */
function concurrencyOf(settings: Readonly<Record<string, unknown>>): ConcurrencyPolicy | undefined {
  const { key, strategy } = settings;
  if (strategy !== 'drop' && strategy !== 'cancel-in-progress' && strategy !== 'queue')
    return undefined;
  return {
    ...(typeof key === 'string' ? { key } : {}),
    strategy,
    max: numberAt(settings, 'max') ?? 1,
    queueSize: numberAt(settings, 'queue-size') ?? DEFAULT_QUEUE_SIZE,
    queueTtlMs: durationAt(settings, 'queue-ttl') ?? 24 * HOUR_MS,
  };
}

function stepsOf(value: unknown, inherited: Inherited): readonly ProgramStep[] {
  return (Array.isArray(value) ? value : []).map((step) => stepOf(step, inherited));
}

function stepOf(value: unknown, inherited: Inherited): ProgramStep {
  const keys = isRecord(value) ? value : {};
  const name = textAt(keys, 'name');
  const id = ownProperty(keys, 'id');
  if (typeof id === 'string') inherited.stepIds.set(name, id);
  const found = inherited.registry.find(textAt(keys, 'type'));
  if (found.kind !== 'known' && found.kind !== 'deprecated')
    throw new TypeError(`Step [${name}] has a type that cannot run.`);
  const stepType = found.step;
  const body = bodyOf(stepType, keys, inherited);
  // A common key that the step type does not allow is ignored. The validation has warned the
  // author.
  const common = (key: CommonKey) =>
    stepType.common.includes(key) ? ownProperty(keys, key) : undefined;
  const own = failurePolicyOf(common('on-failure'), inherited);
  const onFailure = own ?? (isCoveredBySettings(body) ? inherited.onFailure : undefined);
  const timeout = common('timeout');
  const interrupted = common('on-interrupted');
  return {
    name,
    type: stepType.type,
    stepType,
    keys,
    // An existing but empty condition counts as false. Only a missing one is left out.
    ...(Object.hasOwn(keys, 'if') ? { condition: keys['if'] } : {}),
    ...(typeof timeout === 'string' ? { timeout } : {}),
    ...optional('each', common('foreach')),
    ...optional('onFailure', onFailure),
    maxOutputBytes: bytesOf(keys, inherited.maxOutputBytes),
    ...(interrupted === 'retry' || interrupted === 'fail' ? { onInterrupted: interrupted } : {}),
    body,
  };
}

/**
 * Returns `true` if `on-failure` of `settings` applies to a step. It does not apply to steps that
 * decide which steps run, and to `wait`.
 */
function isCoveredBySettings({ kind }: StepBody): boolean {
  return kind === 'data' || kind === 'call' || kind === 'human' || kind === 'child';
}

function bodyOf(
  { type, behavior }: StepType,
  keys: Readonly<Record<string, unknown>>,
  inherited: Inherited,
): StepBody {
  const steps = () => stepsOf(ownProperty(keys, 'steps'), inherited);
  switch (type) {
    case 'if':
      return {
        kind: 'if',
        test: keys['condition'],
        steps: steps(),
        otherwise: stepsOf(ownProperty(keys, 'else'), inherited),
      };
    case 'switch':
      return {
        kind: 'switch',
        expression: keys['expression'],
        cases: listAt(keys, 'cases').map((each) => ({
          match: ownProperty(each, 'match'),
          steps: stepsOf(ownProperty(each, 'steps'), inherited),
        })),
        otherwise: stepsOf(ownProperty(keys, 'default'), inherited),
      };
    case 'foreach':
      return {
        kind: 'foreach',
        items: keys['foreach'],
        limits: limitsOf(keys, inherited),
        steps: steps(),
      };
    case 'while':
      return {
        kind: 'while',
        test: keys['condition'],
        limits: limitsOf(keys, inherited),
        steps: steps(),
      };
    case 'loop.break':
      return { kind: 'break' };
    case 'loop.continue':
      return { kind: 'continue' };
    case 'parallel':
      return parallelOf(keys, inherited);
    case 'wait':
      return { kind: 'wait' };
    case 'waitForInput':
      return { kind: 'human', form: 'input' };
    case 'waitForApproval':
      return { kind: 'human', form: 'approval' };
    case 'workflow.execute':
      return { kind: 'child', isAwaited: true };
    case 'workflow.executeAsync':
      return { kind: 'child', isAwaited: false };
    case 'workflow.output':
      return { kind: 'end', status: endStatusOf(ownProperty(keys, 'status')) };
    case 'workflow.fail':
      return { kind: 'end', status: 'failed' };
    default:
      return { kind: behavior === 'call' ? 'call' : 'data' };
  }
}

function parallelOf(keys: Readonly<Record<string, unknown>>, inherited: Inherited): StepBody {
  const branches = ownProperty(keys, 'branches');
  const concurrency = ownProperty(keys, 'concurrency');
  const mode = ownProperty(keys, 'mode');
  return {
    kind: 'parallel',
    branches: Array.isArray(branches)
      ? branches.map((branch) => ({
          name: textAt(branch, 'name'),
          steps: stepsOf(ownProperty(branch, 'steps'), inherited),
        }))
      : {
          items: ownProperty(keys, 'foreach'),
          steps: stepsOf(ownProperty(keys, 'steps'), inherited),
        },
    concurrency:
      typeof concurrency === 'number'
        ? concurrency
        : (numberAt(concurrency, 'max') ?? DEFAULT_CONCURRENCY),
    countsWaiting: ownProperty(concurrency, 'count-waiting') !== false,
    mode: typeof mode === 'string' ? mode : 'fail-fast',
    ...optional('branchTimeoutMs', durationAt(keys, 'branch-timeout')),
  };
}

function limitsOf(keys: Readonly<Record<string, unknown>>, inherited: Inherited): LoopLimits {
  const limit = ownProperty(keys, 'max-iterations');
  return {
    maxIterations:
      typeof limit === 'number' ? limit : (numberAt(limit, 'limit') ?? DEFAULT_MAX_ITERATIONS),
    onLimit: ownProperty(limit, 'on-limit') === 'fail' ? 'fail' : 'continue',
    ...optional('iterationTimeoutMs', durationAt(keys, 'iteration-timeout')),
    ...optional(
      'iterationOnFailure',
      failurePolicyOf(ownProperty(keys, 'iteration-on-failure'), inherited),
    ),
  };
}

function failurePolicyOf(value: unknown, inherited: Inherited): FailurePolicy | undefined {
  if (!isRecord(value)) return undefined;
  const go = ownProperty(value, 'continue');
  return {
    ...optional('retry', retryOf(ownProperty(value, 'retry'))),
    fallback: stepsOf(ownProperty(value, 'fallback'), { ...inherited, onFailure: undefined }),
    continue: typeof go === 'string' || typeof go === 'boolean' ? go : false,
  };
}

function retryOf(value: unknown): RetryPolicy | undefined {
  if (!isRecord(value)) return undefined;
  const strategy = ownProperty(value, 'strategy') === 'exponential' ? 'exponential' : 'fixed';
  const defaultDelay = strategy === 'exponential' ? DEFAULT_EXPONENTIAL_DELAY_MS : 0;
  return {
    maxAttempts: numberAt(value, 'max-attempts') ?? 0,
    ...optional('condition', ownProperty(value, 'condition')),
    strategy,
    delayMs: durationAt(value, 'delay') ?? defaultDelay,
    multiplier: numberAt(value, 'multiplier') ?? DEFAULT_MULTIPLIER,
    ...optional('maxDelayMs', durationAt(value, 'max-delay')),
    hasJitter: ownProperty(value, 'jitter') === true,
  };
}

function endStatusOf(value: unknown): 'completed' | 'cancelled' | 'failed' {
  return value === 'cancelled' || value === 'failed' ? value : 'completed';
}

function bytesOf(keys: Readonly<Record<string, unknown>>, otherwise: number): number {
  const size = ownProperty(keys, 'max-step-size');
  const bytes = (typeof size === 'string' ? parseByteSize(size) : undefined) ?? otherwise;
  return Math.min(bytes, MAX_OUTPUT_BYTES);
}

function durationAt(value: unknown, key: string): number | undefined {
  const text = ownProperty(value, key);
  return typeof text === 'string' ? parseDuration(text) : undefined;
}

function numberAt(value: unknown, key: string): number | undefined {
  const number = ownProperty(value, key);
  return typeof number === 'number' ? number : undefined;
}

function listAt(value: unknown, key: string): readonly unknown[] {
  const list = ownProperty(value, key);
  return Array.isArray(list) ? list : [];
}

function recordAt(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const record = ownProperty(value, key);
  return isRecord(record) ? record : {};
}

/**
 * Returns the text of a key.
 * @throws TypeError if it is missing
 */
function textAt(value: unknown, key: string): string {
  const text = ownProperty(value, key);
  if (typeof text !== 'string') throw new TypeError(`The workflow is not valid: no \`${key}\`.`);
  return text;
}

/** An object with one member. If the value is undefined, the object is empty. */
function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
