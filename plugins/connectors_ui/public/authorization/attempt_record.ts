import { z } from 'zod';

const recordSchema = z.object({
  flowId: z.string(),
  connectorId: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  /** `true`: a page was left for the provider. */
  isRedirect: z.boolean().exactOptional(),
});

/**
 * An attempt that outlives a page load and that other tabs see. Contains no state of the flow,
 * so a reader of the record cannot finish the authorization.
 */
export type AttemptRecord = z.infer<typeof recordSchema>;

/** Part of the browser's `Storage` that the records use. */
export type RecordStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** Records of pending attempts, one for each connector of a space, shared by all tabs. */
export class AttemptRecords {
  readonly #storage: RecordStorage | undefined;
  readonly #prefix: string;

  /**
   * @param storage `undefined`: the browser offers none; attempts then end with the page
   * @param scope base path and space, because several servers may share an origin
   */
  constructor(storage: RecordStorage | undefined, scope: string) {
    this.#storage = storage;
    this.#prefix = `latchkey:attempt:${scope}:`;
  }

  /** The record of a connector. `undefined`: there is none, or it is damaged. */
  read(connectorId: string): AttemptRecord | undefined {
    const text = this.#tryStorage((storage) => storage.getItem(this.#prefix + connectorId));
    const record = this.#parse(text);
    // A record under another key is ignored, because nothing would remove it.
    return record?.connectorId === connectorId ? record : undefined;
  }

  /** All records of this space. */
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

  /** Removes the record unless it already belongs to a later attempt. */
  remove(connectorId: string, flowId: string): void {
    if (this.read(connectorId)?.flowId !== flowId) return;
    this.#tryStorage((storage) => storage.removeItem(this.#prefix + connectorId));
  }

  /** Connector of a key of the storage. `undefined`: the key belongs to something else. */
  connectorOf(key: string | null): string | undefined {
    return key?.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : undefined;
  }

  #parse(text: string | null | undefined): AttemptRecord | undefined {
    if (text === null || text === undefined) return undefined;
    try {
      return recordSchema.parse(JSON.parse(text));
    } catch {
      // Written by another version, or by hand: treated as absent.
      return undefined;
    }
  }

  #tryStorage<T>(use: (storage: RecordStorage) => T): T | undefined {
    if (this.#storage === undefined) return undefined;
    try {
      return use(this.#storage);
    } catch {
      // Full or forbidden storage: the attempt works, but ends with the page.
      return undefined;
    }
  }
}
