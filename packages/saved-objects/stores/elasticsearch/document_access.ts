import { z } from 'zod';
import { Batcher, type ClusterClient, responseFailure } from './connection/index.ts';
import { keyToId } from './key_to_id.ts';
import type { TypeIndex } from './type_index.ts';

const MAX_READS = 500;
const MAX_WRITES = 500;
/** Elasticsearch takes up to 100 MB; smaller batches are spread better. */
const MAX_BYTES = 5 * 1024 * 1024;
/** The cluster gives up long before we do: its reason is heard, and there is time to ask again. */
const SERVER_SHARE_OF_TIMEOUT = 1 / 3;
const CONFLICT = 409;

const foundDocument = z.object({
  found: z.boolean().optional(),
  _source: z.unknown().optional(),
  _seq_no: z.number().optional(),
  _primary_term: z.number().optional(),
  error: z.unknown().optional(),
});
const readResponse = z.object({ docs: z.array(foundDocument) });
const writeResult = z.object({ status: z.number(), error: z.unknown().optional() });
const writeResponse = z.object({ items: z.array(z.record(z.string(), writeResult)) });

/** Where a document is stored and what the condition of a write on it is made of. */
export interface FoundDocument {
  readonly source: unknown;
  readonly seqNo: number;
  readonly primaryTerm: number;
}

/** A write that takes effect only on what was found before. */
export interface ConditionalWrite {
  readonly index: TypeIndex;
  readonly key: string;
  readonly source: Readonly<Record<string, unknown>>;
  /** `undefined`: only if nothing is stored. */
  readonly onto: { readonly seqNo: number; readonly primaryTerm: number } | undefined;
  /** `true`: searches see it when it is acknowledged. */
  readonly visibleToSearch: boolean;
}

interface ReadItem {
  readonly index: TypeIndex;
  readonly key: string;
  /** Fields of the source; `undefined`: all but the copies made for the index. */
  readonly includes: readonly string[] | undefined;
}

interface WriteItem {
  readonly lines: readonly [action: string, source: string];
}

type WriteResult = z.infer<typeof writeResult>;

/** Real-time reads and conditional writes of single documents, sent in batches and repeated while the failure passes. */
export class DocumentAccess {
  readonly #client: ClusterClient;
  readonly #reads: Batcher<ReadItem, z.infer<typeof foundDocument>>;
  readonly #writes: Batcher<WriteItem, WriteResult>;
  readonly #visibleWrites: Batcher<WriteItem, WriteResult>;

  constructor(client: ClusterClient) {
    this.#client = client;
    this.#reads = new Batcher({
      send: (items) => this.#sendReads(items),
      maxItems: MAX_READS,
      maxBytes: Number.POSITIVE_INFINITY,
      bytesOf: () => 0,
    });
    this.#writes = this.#writeBatcher(false);
    this.#visibleWrites = this.#writeBatcher(true);
  }

  /**
   * `undefined`: nothing is stored.
   * @throws StoreError `unavailable`
   */
  async read(
    index: TypeIndex,
    key: string,
    includes?: readonly string[],
  ): Promise<FoundDocument | undefined> {
    const response = await this.#client.repeat(async () => {
      const found = await this.#reads.add({ index, key, includes });
      // It has no status of its own; what it says passes or an index is gone.
      if (found.error !== undefined) throw responseFailure(503, { error: found.error });
      return found;
    });
    const { found, _source: source, _seq_no: seqNo, _primary_term: primaryTerm } = response;
    if (!found || seqNo === undefined || primaryTerm === undefined) return undefined;
    return { source, seqNo, primaryTerm };
  }

  /**
   * @returns `false` when something else is stored. After a repeated attempt that may be this very write.
   * @throws StoreError `unavailable`, after which the write may have had its effect
   */
  async write(write: ConditionalWrite): Promise<boolean> {
    const batcher = write.visibleToSearch ? this.#visibleWrites : this.#writes;
    const item = { lines: toLines(write) };
    return this.#client.repeat(async () => {
      const { status, error } = await batcher.add(item);
      if (status === CONFLICT) return false;
      if (status >= 400) throw responseFailure(status, { error });
      return true;
    });
  }

  async #sendReads(items: readonly ReadItem[]): Promise<readonly z.infer<typeof foundDocument>[]> {
    const { body } = await this.#client.attempt({
      method: 'POST',
      path: '/_mget',
      body: {
        docs: items.map(({ index, key, includes }) => ({
          _index: index.alias,
          _id: keyToId(key),
          _source: includes === undefined ? WANTED_SOURCE : { includes },
        })),
      },
    });
    return readResponse.parse(body).docs;
  }

  #writeBatcher(refresh: boolean): Batcher<WriteItem, WriteResult> {
    const timeoutMs = Math.ceil(this.#client.options.requestTimeoutMs * SERVER_SHARE_OF_TIMEOUT);
    return new Batcher({
      maxItems: MAX_WRITES,
      maxBytes: MAX_BYTES,
      bytesOf: ({ lines }) => lines[0].length + lines[1].length,
      send: async (items) => {
        const { body } = await this.#client.attempt({
          method: 'POST',
          path: '/_bulk',
          // Without require_alias a lost alias would be replaced by an index with a guessed mapping.
          query: { require_alias: true, refresh, timeout: `${timeoutMs}ms` },
          lines: items.flatMap(({ lines }) => lines),
        });
        return writeResponse.parse(body).items.map(onlyValue);
      },
    });
  }
}

/** What comes back of a document. The copies made for the index are not wanted. */
export const WANTED_SOURCE = { excludes: ['fields', 'words', 'present'] } as const;

/** The result is under the name of the action. */
function onlyValue(item: Readonly<Record<string, WriteResult>>): WriteResult {
  const [result] = Object.values(item);
  if (result === undefined) throw new Error('An answer lacks the result of a write.');
  return result;
}

/** Serialized once, as the size decides about the batch. */
function toLines({ index, key, source, onto }: ConditionalWrite): WriteItem['lines'] {
  const target = { _index: index.alias, _id: keyToId(key) };
  const action =
    onto === undefined
      ? { create: target }
      : { index: { ...target, if_seq_no: onto.seqNo, if_primary_term: onto.primaryTerm } };
  return [JSON.stringify(action), JSON.stringify(source)];
}
