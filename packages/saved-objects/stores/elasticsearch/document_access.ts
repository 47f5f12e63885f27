import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Batcher, type ClusterClient, responseFailure } from './connection/index.ts';
import { MAX_LARGE_DOCUMENTS, type TypeIndex } from './type_index.ts';

/** Maximum bytes of an `_id` in Elasticsearch. */
const MAX_ID_BYTES = 512;

const MAX_READS = 500;
/**
 * Expected bytes of a document if none of its index has been read yet, or if its attributes are
 * large.
 */
const LARGE_BYTES = 1024 * 1024;
/**
 * Expected maximum bytes of the response to a batch of reads. The response is parsed in one step,
 * which blocks the event loop.
 */
const MAX_READ_BYTES = MAX_LARGE_DOCUMENTS * LARGE_BYTES;
const MAX_WRITES = 500;
/**
 * Maximum bytes of a batch of writes. Elasticsearch accepts 100 MB, but smaller batches use nodes
 * evenly.
 */
const MAX_BYTES = 5 * 1024 * 1024;
/**
 * Part of the request timeout after which the cluster itself gives up. It is less than half, so
 * that the response contains the reason and there is time for another attempt.
 */
const SERVER_SHARE_OF_TIMEOUT = 1 / 3;
const CONFLICT = 409;

const storedText = z.object({ attributes: z.string() });
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

/** A stored document with the values that a conditional write requires. */
export interface FoundDocument {
  readonly source: unknown;
  readonly seqNo: number;
  readonly primaryTerm: number;
}

/** A write that takes effect only if the stored document did not change since it was read. */
export interface ConditionalWrite {
  readonly index: TypeIndex;
  readonly key: string;
  readonly source: Readonly<Record<string, unknown>>;
  /** The stored document to replace. `undefined`: write only if there is none. */
  readonly onto: { readonly seqNo: number; readonly primaryTerm: number } | undefined;
  /** `true`: searches see the write when it is acknowledged. */
  readonly visibleToSearch: boolean;
}

/** The part of a source that Elasticsearch returns. */
type SourceFilter =
  | { readonly includes: readonly string[] }
  | { readonly excludes: readonly string[] };

interface ReadItem {
  readonly index: TypeIndex;
  readonly key: string;
  /** The part of the source to return. */
  readonly wanted: SourceFilter;
}

interface WriteItem {
  readonly lines: readonly [action: string, source: string];
}

type WriteResult = z.infer<typeof writeResult>;

/**
 * Reads single documents in real time and writes them conditionally. Requests are sent in batches
 * and repeated after temporary failures.
 */
export class DocumentAccess {
  readonly #client: ClusterClient;
  readonly #reads: Batcher<ReadItem, z.infer<typeof foundDocument>>;
  readonly #writes: Batcher<WriteItem, WriteResult>;
  readonly #visibleWrites: Batcher<WriteItem, WriteResult>;
  /** Bytes of the largest document in the last response, by index. */
  readonly #sizes = new Map<string, number>();

  constructor(client: ClusterClient) {
    this.#client = client;
    this.#reads = new Batcher({
      send: (items) => this.#sendReads(items),
      maxItems: MAX_READS,
      maxBytes: MAX_READ_BYTES,
      bytesOf: (item) => this.#expectedBytes(item),
    });
    this.#writes = this.#writeBatcher(false);
    this.#visibleWrites = this.#writeBatcher(true);
  }

  /**
   * Reads one document.
   * @returns `undefined` when neither a document nor a tombstone has the key
   * @throws StoreError `unavailable`
   */
  async read(
    index: TypeIndex,
    key: string,
    wanted: SourceFilter = WANTED_SOURCE,
  ): Promise<FoundDocument | undefined> {
    const response = await this.#client.repeat(async () => {
      const found = await this.#reads.add({ index, key, wanted });
      // The result for one document has no HTTP status. Its error is temporary or names a missing
      // index.
      if (found.error !== undefined) throw responseFailure(503, { error: found.error });
      return found;
    });
    const { found, _source: source, _seq_no: seqNo, _primary_term: primaryTerm } = response;
    if (!found || seqNo === undefined || primaryTerm === undefined) return undefined;
    return { source, seqNo, primaryTerm };
  }

  /**
   * Writes one document.
   * @returns `false` on a conflict. If an attempt was repeated, the conflict may be with the
   * earlier attempt of the same write
   * @throws StoreError `unavailable`; the write may have taken effect
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
        docs: items.map(({ index, key, wanted }) => ({
          _index: index.alias,
          _id: keyToId(key),
          _source: wanted,
        })),
      },
    });
    const { docs } = readResponse.parse(body);
    this.#learnSizes(items, docs);
    return docs;
  }

  /**
   * Estimates the bytes of a document. Its size is not known before it is read, but documents of
   * one type are similar.
   */
  #expectedBytes({ index, wanted }: ReadItem): number {
    if (wanted !== WANTED_SOURCE) return 0;
    const bytes = this.#sizes.get(index.alias) ?? LARGE_BYTES;
    return index.largeAttributes.length === 0 ? bytes : Math.max(bytes, LARGE_BYTES);
  }

  #learnSizes(items: readonly ReadItem[], docs: readonly z.infer<typeof foundDocument>[]): void {
    const largest = new Map<string, number>();
    items.forEach(({ index: { alias }, wanted }, i) => {
      const text = storedText.safeParse(docs[i]?._source).data?.attributes;
      if (wanted === WANTED_SOURCE && text !== undefined)
        largest.set(alias, Math.max(text.length, largest.get(alias) ?? 0));
    });
    for (const [alias, bytes] of largest) this.#sizes.set(alias, bytes);
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
          // Without require_alias, Elasticsearch would replace a deleted alias by an index with
          // guessed mappings.
          query: { require_alias: true, refresh, timeout: `${timeoutMs}ms` },
          lines: items.flatMap(({ lines }) => lines),
        });
        return writeResponse.parse(body).items.map(onlyValue);
      },
    });
  }
}

/** Copies of attributes in a source, for searching. */
const COPIES = ['fields', 'words', 'present'] as const;
/** Source filter for a whole document. */
export const WANTED_SOURCE = { excludes: [...COPIES, 'summary'] } as const;
/** Source filter for a document without its large attributes. */
export const SUMMARY_SOURCE = { excludes: [...COPIES, 'attributes'] } as const;

/** Returns the result of one write. The response has it under the name of the action. */
function onlyValue(item: Readonly<Record<string, WriteResult>>): WriteResult {
  const [result] = Object.values(item);
  if (result === undefined) throw new Error('The response lacks the result of a write.');
  return result;
}

/** Serializes a write once, because the batch size depends on the length of the lines. */
function toLines({ index, key, source, onto }: ConditionalWrite): WriteItem['lines'] {
  const target = { _index: index.alias, _id: keyToId(key) };
  const action =
    onto === undefined
      ? { create: target }
      : { index: { ...target, if_seq_no: onto.seqNo, if_primary_term: onto.primaryTerm } };
  return [JSON.stringify(action), JSON.stringify(source)];
}

/**
 * Returns the `_id` of a key: the key itself, or `#` and a hash when the key is too long or cannot
 * be encoded as UTF-8. No key begins with `#`, so a hash never equals a key.
 */
function keyToId(key: string): string {
  if (key.isWellFormed() && Buffer.byteLength(key) <= MAX_ID_BYTES) return key;
  // JSON escapes characters that UTF-8 cannot encode, so different keys have different hashes.
  return `#${createHash('sha256').update(JSON.stringify(key)).digest('base64url')}`;
}
