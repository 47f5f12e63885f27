import { Drop } from 'liquidjs';

/** Units of work between two checks of the time limit, which take about 20 microseconds. */
const UNITS_BETWEEN_CHECKS = 1_000;
/** Number of characters of a text that take as long as about one member of a list. */
const CHARACTERS_PER_UNIT = 32;

/** Dependencies of {@link RenderWork}. */
export interface RenderWorkOptions {
  /** Maximum number of units. */
  readonly limit: number;
  /** Message of the error when the maximum is exceeded. */
  readonly message: string;
  /**
   * Checks the time limit of the rendering.
   * @throws the error of that limit
   */
  readonly checkTime: () => void;
}

/**
 * Work of one rendering: one unit for each value that an operation may walk through. A list can
 * contain another list several times, so a list with few members can contain more values at depth
 * than any operation can visit. Values are therefore counted at all depths before they are used.
 */
export class RenderWork {
  readonly #options: RenderWorkOptions;
  /**
   * Units of the values inside a value. They stay correct, because neither operations nor templates
   * change values.
   */
  readonly #sizes = new WeakMap<object, number>();
  #used = 0;
  #checkedAt = 0;

  constructor(options: RenderWorkOptions) {
    this.#options = options;
  }

  /**
   * Counts units of work.
   * @throws the error of the maximum or of the time limit
   */
  use(units: number): void {
    this.#used += units;
    const { limit, message, checkTime } = this.#options;
    if (this.#used > limit) throw new Error(message);
    if (this.#used - this.#checkedAt < UNITS_BETWEEN_CHECKS) return;
    this.#checkedAt = this.#used;
    checkTime();
  }

  /**
   * Counts a value with all values inside it, each time that it occurs.
   * @returns units of the value
   * @throws the same errors as {@link use}
   */
  visit(value: unknown): number {
    const before = this.#used;
    this.use(1);
    const { characters, inner } = partsOf([value]);
    this.use(characters / CHARACTERS_PER_UNIT);
    for (const each of inner) this.#visitMembers(each);
    return this.#used - before;
  }

  /** Counts a value that is only passed on: for a list its length, without the values inside it. */
  pass(value: unknown): void {
    if (Array.isArray(value)) this.use(value.length + 1);
    else this.use(1 + (typeof value === 'string' ? value.length / CHARACTERS_PER_UNIT : 0));
  }

  /**
   * Counts all values inside a value. Walks through each value only once, even if it occurs several
   * times.
   */
  #visitMembers(value: object): void {
    const open: OpenValue[] = [];
    const visit = (each: object): void => {
      const known = this.#sizes.get(each);
      if (known !== undefined) {
        this.use(known);
        return;
      }
      const before = this.#used;
      const members = Array.isArray(each) ? each : Object.values(each);
      // A value that contains itself counts as infinitely large.
      this.#sizes.set(each, Number.POSITIVE_INFINITY);
      this.use(members.length);
      const { characters, inner } = partsOf(members);
      this.use(characters / CHARACTERS_PER_UNIT);
      open.push({ value: each, before, inner });
    };
    visit(value);
    // Not recursive, because values may be nested deeper than the stack allows.
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const next = last.inner.pop();
      if (next !== undefined) visit(next);
      else {
        this.#sizes.set(last.value, this.#used - last.before);
        open.pop();
      }
    }
  }
}

/** A value whose members are being counted. */
interface OpenValue {
  readonly value: object;
  /** Units that were counted before its members. */
  readonly before: number;
  /** Members that contain further values and are not counted yet. */
  readonly inner: object[];
}

/** Number of characters of the texts in a list, and the members that contain further values. */
function partsOf(list: readonly unknown[]): { readonly characters: number; inner: object[] } {
  let characters = 0;
  const inner: object[] = [];
  for (const each of list) {
    if (typeof each === 'string') characters += each.length;
    else if (isWalked(each)) inner.push(each);
  }
  return { characters, inner };
}

function isWalked(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Date) &&
    !(value instanceof Drop) &&
    !ArrayBuffer.isView(value)
  );
}
