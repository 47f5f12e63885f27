import { z } from 'zod';

const recordSchema = z.object({
  flowId: z.string(),
  connectorId: z.string(),
  /** Deadline in milliseconds since 1970. */
  expiresAt: z.number(),
  /** `true`: the window itself went to the provider. */
  isRedirect: z.boolean().exactOptional(),
});

/**
 * Record of an attempt in the storage of the browser, where it outlives a page load and other tabs
 * can see it. It does not contain the OAuth state, so a reader of the record cannot finish the
 * authorization.
 */
export type AttemptRecord = z.infer<typeof recordSchema>;

/** Part of the browser's `Storage` that the records use. */
export type RecordStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Records of pending attempts, one for each connector of a space. All tabs share them. */
export class AttemptRecords {
  readonly #storage: RecordStorage | undefined;
  readonly #prefix: string;

  /**
   * @param storage `undefined`: the browser offers none; attempts then end with the page
   * @param scope base path and space, because several servers may have the same origin
   */
  constructor(storage: RecordStorage | undefined, scope: string) {
    this.#storage = storage;
    this.#prefix = `latchkey:attempt:${scope}:`;
  }

  /** Reads the record of a connector. `undefined`: there is none, or it is damaged. */
  read(connectorId: string): AttemptRecord | undefined {
    const text = this.#tryStorage((storage) => storage.getItem(this.#prefix + connectorId));
    const record = this.#parse(text);
    // A record under the key of another connector is ignored, because nothing would ever remove it.
    return record?.connectorId === connectorId ? record : undefined;
  }

  /** All records of this scope. */
  all(): readonly AttemptRecord[] {
    const keys = this.#tryStorage((storage) =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index)),
    );
    return (keys ?? [])
      .map((key) => this.connectorOf(key))
      .map((connectorId) => (connectorId === undefined ? undefined : this.read(connectorId)))
      .filter((record) => record !== undefined);
  }

  write(record: AttemptRecord): void {
    this.#tryStorage((storage) =>
      storage.setItem(this.#prefix + record.connectorId, JSON.stringify(record)),
    );
  }

  /** Removes the record of an attempt, unless a later attempt has replaced it. */
  remove(connectorId: string, flowId: string): void {
    if (this.read(connectorId)?.flowId !== flowId) return;
    this.#tryStorage((storage) => storage.removeItem(this.#prefix + connectorId));
  }

  /**
   * Id of the connector to which a key of the storage belongs. `undefined`: the key belongs to
   * something else.
   */
  connectorOf(key: string | null): string | undefined {
    return key?.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : undefined;
  }

  #parse(text: string | null | undefined): AttemptRecord | undefined {
    if (text === null || text === undefined) return undefined;
    try {
      return recordSchema.parse(JSON.parse(text));
    } catch {
      // The record was written by another version or by hand. It is treated as absent.
      return undefined;
    }
  }

  #tryStorage<T>(use: (storage: RecordStorage) => T): T | undefined {
    if (this.#storage === undefined) return undefined;
    try {
      return use(this.#storage);
    } catch {
      // The storage is full or forbidden. The attempt works nevertheless, but ends with the page.
      return undefined;
    }
  }
}
