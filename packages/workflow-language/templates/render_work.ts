import { Drop } from 'liquidjs';

/** Units of work between two comparisons of the time: about 20 microseconds. */
const UNITS_BETWEEN_CHECKS = 1_000;
/** Characters of a text that take about as long as one member of a list. */
const CHARACTERS_PER_UNIT = 32;

/** Dependencies of {@link RenderWork}. */
export interface RenderWorkOptions {
  /** Maximum of all units. */
  readonly limit: number;
  /** Message of the error above the limit. */
  readonly message: string;
  /** Throws when the time of the rendering is over. */
  readonly checkTime: () => void;
}

/**
 * Work of one rendering: one unit for each value that an operation may walk through. A list can
 * contain another one several times, so lists of few members can have more members at depth than
 * any operation can visit. Values are therefore counted at all depths before they are used.
 */
export class RenderWork {
  readonly #options: RenderWorkOptions;
  #used = 0;
  #checkedAt = 0;

  constructor(options: RenderWorkOptions) {
    this.#options = options;
  }

  /** @throws the error of the limit or of the time */
  use(units: number): void {
    this.#used += units;
    const { limit, message, checkTime } = this.#options;
    if (this.#used > limit) throw new Error(message);
    if (this.#used - this.#checkedAt < UNITS_BETWEEN_CHECKS) return;
    this.#checkedAt = this.#used;
    checkTime();
  }

  /**
   * Counts a value with all values in it, each time that it occurs.
   * @returns its units
   * @throws as {@link use}
   */
  visit(value: unknown): number {
    const before = this.#used;
    if (typeof value === 'string') this.use(value.length / CHARACTERS_PER_UNIT);
    if (typeof value !== 'object') {
      this.use(1);
      return this.#used - before;
    }
    const lists: (readonly unknown[])[] = [[value]];
    for (let list = lists.pop(); list !== undefined; list = lists.pop()) {
      this.use(list.length);
      let characters = 0;
      for (const each of list) {
        if (typeof each === 'string') characters += each.length;
        else if (Array.isArray(each)) lists.push(each);
        else if (isWalked(each)) lists.push(Object.values(each));
      }
      this.use(characters / CHARACTERS_PER_UNIT);
    }
    return this.#used - before;
  }
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
