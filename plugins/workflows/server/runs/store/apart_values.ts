import { createHash } from 'node:crypto';
import { type SavedObjectsRepository, unlessConflict } from '@latchkey/saved-objects';
import type { StepError } from '@latchkey/workflow-engine';
import { type RunAttributes, VALUE_TYPE, type ValueAttributes } from './run_types.ts';

/** Characters of JSON of inputs, outputs and forms that a run keeps in its own document. */
const MAX_INLINE_LENGTH = 2_048;
/** Characters of the message of an error in lists. */
const MAX_MESSAGE_LENGTH = 500;

/** A run whose values are stored. */
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
}

/** Output and error of a run that has ended. */
export interface RunResult {
  readonly output?: unknown;
  readonly error?: StepError | undefined;
}

/** An error as a run document has it. */
type LooseError = Pick<StepError, 'type' | 'message'> & {
  readonly details?: Readonly<Record<string, unknown>> | undefined;
};

type Waits = NonNullable<RunAttributes['waits']>;

/**
 * Large values of runs, each in its own document, so that lists of runs and reads of their steps do
 * not load them. The key is a hash of the value, so a repeated write stores it once.
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

  /** Reads values in the order of their keys. `undefined`: the value was deleted. */
  async readMany(runId: string, keys: readonly string[]): Promise<readonly unknown[]> {
    const ids = keys.map((key) => ({ type: VALUE_TYPE, id: `${runId}:${key}` }));
    const found = await this.#repository.bulkGet<ValueAttributes>(ids);
    return found.map((each) => each?.attributes.value);
  }

  /** Attributes of a run with these inputs. */
  async ofGiven(
    run: Owner,
    { inputs, metadata, event }: GivenValues,
  ): Promise<Pick<RunAttributes, 'given' | 'givenApart'>> {
    const given = {
      inputs: { ...inputs },
      ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
      ...(event === undefined ? {} : { event: { ...event } }),
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
    // Written by `ofGiven`.
    return (value as GivenValues | undefined) ?? { inputs: {} };
  }

  /** Attributes of a run that has ended with this result. */
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
    // Written by `ofResult`.
    const whole = { ...(error === undefined ? {} : { error }), ...(value as RunResult) };
    const { error: found, ...rest } = whole;
    return found === undefined ? rest : { ...rest, error: copyOf(found) };
  }

  /** Attributes of a run that waits. Large forms are stored apart. */
  async ofWaits(run: Owner, waits: Waits): Promise<Pick<RunAttributes, 'waits' | 'waitsApart'>> {
    if (isSmall(waits)) return { waits };
    const short = waits.map(
      ({ schema: _, message: __, approveLabel: ___, rejectLabel: ____, ...rest }) => rest,
    );
    return { waits: short, waitsApart: await this.put(run, waits) };
  }

  /** The waits with their forms. */
  async readWaits({
    id,
    waits = [],
    waitsApart,
  }: Owner & Pick<RunAttributes, 'waits' | 'waitsApart'>): Promise<Waits> {
    if (waitsApart === undefined) return waits;
    const [value] = await this.readMany(id, [waitsApart]);
    // Written by `ofWaits`.
    return (value as Waits | undefined) ?? waits;
  }
}

function isSmall(value: unknown): boolean {
  return JSON.stringify(value).length <= MAX_INLINE_LENGTH;
}

function shortError({ type, message }: LooseError): { type: string; message: string } {
  return { type: type.slice(0, 256), message: message.slice(0, MAX_MESSAGE_LENGTH) };
}

/** An error without attributes that are undefined, with details that can be changed. */
function copyOf({ type, message, details }: LooseError) {
  const short = { type: type.slice(0, 256), message };
  return details === undefined ? short : { ...short, details: { ...details } };
}
