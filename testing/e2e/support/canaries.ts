/** A secret of a test run with its kind, for example `refresh token`. */
interface Canary {
  readonly kind: string;
  readonly value: string;
}

/** Minimum length of a recorded secret. Shorter values would also occur in ordinary text. */
const SHORTEST = 12;

/**
 * Collects the real secrets of a test run from the traffic, and searches texts for them. It finds a
 * secret in plain form and in the encodings of URLs, JSON and headers.
 */
export class Canaries {
  readonly #kinds = new Map<string, Set<string>>();

  /**
   * Records a secret. Ignores `undefined` and short values, so that callers can pass any value of a
   * message.
   */
  add(kind: string, value: string | null | undefined): void {
    if (value == null || value.length < SHORTEST) return;
    const values = this.#kinds.get(kind) ?? new Set();
    this.#kinds.set(kind, values.add(value));
  }

  /** Returns the number of different secrets of each kind. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#kinds].map(([kind, values]) => [kind, values.size]));
  }

  /**
   * Returns the kinds of the secrets that a text contains, each kind once. The secrets themselves
   * are not returned, because the result appears in test output.
   * @param except kinds that are allowed
   */
  foundIn(text: string, except: readonly string[] = []): string[] {
    return this.#all()
      .filter(
        ({ kind, value }) =>
          !except.includes(kind) && formsOf(value).some((form) => text.includes(form)),
      )
      .map(({ kind }) => kind)
      .filter((kind, index, kinds) => kinds.indexOf(kind) === index);
  }

  #all(): Canary[] {
    return [...this.#kinds].flatMap(([kind, values]) =>
      [...values].map((value) => ({ kind, value })),
    );
  }
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    // The last characters of the Base64 text are cut off, because they depend on the text that
    // follows.
    bytes.toString('base64').replace(/.?.?={0,2}$/, ''),
    bytes.toString('base64url').slice(0, -2),
    bytes.toString('hex'),
  ];
}
