/** A secret of a run, and what it is. */
interface Canary {
  readonly kind: string;
  readonly value: string;
}

/** Shorter values would be found in ordinary text. */
const SHORTEST = 12;

/**
 * The real secrets of a run, collected where they pass, and the search for them. A secret counts as found in its plain form and in the forms in
 * which URLs, JSON and headers carry it.
 */
export class Canaries {
  readonly #kinds = new Map<string, Set<string>>();

  /** `undefined` and short values are skipped, so that whatever a message holds can be handed over. */
  add(kind: string, value: string | null | undefined): void {
    if (value == null || value.length < SHORTEST) return;
    const values = this.#kinds.get(kind) ?? new Set();
    this.#kinds.set(kind, values.add(value));
  }

  /** How many different secrets of each kind were seen. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#kinds].map(([kind, values]) => [kind, values.size]));
  }

  /**
   * Kinds of the secrets that a text holds, each named once; never the secrets themselves, because this ends up in the output of tests.
   * @param except kinds that may be there
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
    // Without the last characters, which depend on what follows.
    bytes.toString('base64').replace(/.?.?={0,2}$/, ''),
    bytes.toString('base64url').slice(0, -2),
    bytes.toString('hex'),
  ];
}
