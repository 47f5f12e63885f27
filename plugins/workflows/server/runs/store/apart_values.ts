import { createHash } from 'node:crypto';
import { type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import type { StepError } from '@latchkey/workflow-engine';
import { type RunAttributes, VALUE_TYPE, type ValueAttributes } from './run_types.ts';

/**
 * Maximum characters of JSON for inputs, outputs and forms in the document of a run. Larger values
 * have their own document.
 */
const MAX_INLINE_LENGTH = 2_048;
/** Maximum characters of the error message that lists show. */
const MAX_MESSAGE_LENGTH = 500;

/** The run to which stored values belong. */
interface Owner {
  readonly id: string;
  readonly spaceId: string;
}

/** Values that a run starts with. */
export interface GivenValues {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Payload of the trigger, without the inputs. */
  readonly event?: Readonly<Record<string, unknown>> | undefined;
  /** Variables of templates for the test of one step. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** Output and error of a run that has ended. */
export interface RunResult {
  readonly output?: unknown;
  readonly error?: StepError | undefined;
}

/** An error as the document of a run contains it. */
type LooseError = Pick<StepError, 'type' | 'message'> & {
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};

type Waits = NonNullable<RunAttributes['waits']>;

/**
 * Large values of runs. Each has its own document, so that lists of runs and reads of their steps
 * do not load it. The key is a hash of the value, so a repeated write stores the value once.
 */
export class ApartValues {
  readonly #repository: SavedObjectsRepository;

  constructor(repository: SavedObjectsRepository) {
    this.#repository = repository;
  }

  /**
   * Stores a large value in its own document.
   * @returns the key of the value
   */
  async put({ id, spaceId }: Owner, value: unknown): Promise<string> {
    const key = createHash('sha256').update(JSON.stringify(value)).digest('base64url');
    const attributes = { runId: id, spaceId, value };
    await unlessConflict(() =>
      this.#repository.create<ValueAttributes>(VALUE_TYPE, attributes, { id: `${id}:${key}` }),
    );
    return key;
  }

  /** Reads values in the order of their keys. `undefined` in the result: the value was deleted. */
  async readMany(runId: string, keys: readonly string[]): Promise<readonly unknown[]> {
    const ids = keys.map((key) => ({ type: VALUE_TYPE, id: `${runId}:${key}` }));
    const found = await this.#repository.bulkGet<ValueAttributes>(ids);
    return found.map((each) => each?.attributes.value);
  }

  /**
   * Attributes of a run with these inputs, which are stored in their own document if they are
   * large.
   */
  async ofGiven(
    run: Owner,
    { inputs, metadata, event, context }: GivenValues,
  ): Promise<Pick<RunAttributes, 'given' | 'givenApart'>> {
    const given = {
      inputs: { ...inputs },
      ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
      ...(event === undefined ? {} : { event: { ...event } }),
      ...(context === undefined ? {} : { context: { ...context } }),
    };
    return isSmall(given) ? { given } : { givenApart: await this.put(run, given) };
  }

  async readGiven({
    id,
    given,
    givenApart,
  }: Owner & Pick<RunAttributes, 'given' | 'givenApart'>): Promise<GivenValues> {
    if (givenApart === undefined) return given ?? { inputs: {} };
    const [value] = await this.readMany(id, [givenApart]);
    // `ofGiven` wrote the value, so it has this type.
    return (value as GivenValues | undefined) ?? { inputs: {} };
  }

  /**
   * Attributes of an ended run with this result, which is stored in its own document if it is
   * large.
   */
  async ofResult(
    run: Owner,
    { output, error }: Pick<RunResult, 'output'> & { readonly error?: LooseError | undefined },
  ): Promise<Pick<RunAttributes, 'result' | 'resultApart' | 'error'>> {
    const short = error && shortError(error);
    const isWhole = short?.message === error?.message && error?.details === undefined;
    const long = error === undefined || isWhole ? undefined : copyOf(error);
    const result = {
      ...(output === undefined ? {} : { output }),
      ...(long === undefined ? {} : { error: long }),
    };
    const shown = short === undefined ? {} : { error: short };
    if (Object.keys(result).length === 0) return shown;
    return isSmall(result)
      ? { ...shown, result }
      : { ...shown, resultApart: await this.put(run, result) };
  }

  async readResult({
    id,
    error,
    result,
    resultApart,
  }: Owner & Pick<RunAttributes, 'result' | 'resultApart' | 'error'>): Promise<RunResult> {
    const [value] = resultApart === undefined ? [result] : await this.readMany(id, [resultApart]);
    // `ofResult` wrote the value, so it has this type.
    const whole = { ...(error === undefined ? {} : { error }), ...(value as RunResult) };
    const { error: found, ...rest } = whole;
    return found === undefined ? rest : { ...rest, error: copyOf(found) };
  }

  /** Attributes of a run that waits. Large forms are stored in their own document. */
  async ofWaits(run: Owner, waits: Waits): Promise<Pick<RunAttributes, 'waits' | 'waitsApart'>> {
    if (isSmall(waits)) return { waits };
    const short = waits.map(
      ({ schema: _, message: __, approveLabel: ___, rejectLabel: ____, ...rest }) => rest,
    );
    return { waits: short, waitsApart: await this.put(run, waits) };
  }

  /** Reads the waits of a run with their forms. */
  async readWaits({
    id,
    waits = [],
    waitsApart,
  }: Owner & Pick<RunAttributes, 'waits' | 'waitsApart'>): Promise<Waits> {
    if (waitsApart === undefined) return waits;
    const [value] = await this.readMany(id, [waitsApart]);
    // `ofWaits` wrote the value, so it has this type.
    return (value as Waits | undefined) ?? waits;
  }
}

function isSmall(value: unknown): boolean {
  return JSON.stringify(value).length <= MAX_INLINE_LENGTH;
}

function shortError({ type, message }: LooseError): { type: string; message: string } {
  return { type: type.slice(0, 256), message: message.slice(0, MAX_MESSAGE_LENGTH) };
}

/** Copy of an error without undefined members. Its details can be changed. */
function copyOf({ type, message, details }: LooseError) {
  const short = { type: type.slice(0, 256), message };
  return details === undefined ? short : { ...short, details: { ...details } };
}
