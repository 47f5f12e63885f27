import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type {
  DocumentToStore,
  FieldSelection,
  StoredDocument,
} from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import type { SavedObjectReference } from '../../types/saved_object.ts';
import { attributeAt, type IndexedValue, indexedValues, indexedWords } from './indexed_values.ts';
import { hasWords, type TypeIndex } from './type_index.ts';

/** Random bytes (96 bits) of a write id, which is also the version. So a version never repeats. */
const WRITE_ID_BYTES = 12;
/** Number of the newest write ids that a document keeps, whatever their age. */
const MIN_KEPT_WRITES = 8;
/**
 * Age up to which a document keeps all write ids, in seconds. A writer whose response was lost
 * repeats its write for less than this time.
 */
const KEPT_SECONDS = 5 * 60;
/** Maximum write ids in one document, for a document that is written very often. */
const MAX_KEPT_WRITES = 64;

const NO_REFERENCES: readonly SavedObjectReference[] = [];

/** The state of a stored document that a writer reads before its write. */
export interface Head {
  readonly seqNo: number;
  readonly primaryTerm: number;
  /** Ids of the last writes, the newest first. The newest id is the version of the document. */
  readonly writes: readonly string[];
  /** `true`: the document was deleted and a tombstone is stored. Readers see no document. */
  readonly isDeleted: boolean;
  /** Model version of the attributes. `undefined` for a tombstone. */
  readonly modelVersion: number | undefined;
}

/** Schema of the stored fields of {@link Head}. */
export const headSource = z.object({
  writes: z.array(z.string()).min(1),
  deletedAt: z.number().optional(),
  modelVersion: z.number().optional(),
});

const selectedSource = headSource.extend({
  key: z.string(),
  type: z.string(),
  namespace: z.string().optional(),
  attributes: z.string().optional(),
  summary: z.string().optional(),
  references: z.string().optional(),
  modelVersion: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
const documentSource = selectedSource.required({ attributes: true });
/** A custom schema, because a record schema would copy all attributes at every read. */
const attributesText = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
/** Schema of a summary: the attributes without the large ones, and the names of the large ones. */
const summaryText = z.object({ attributes: attributesText, without: z.array(z.string()) });
const referencesText = z.array(z.object({ name: z.string(), type: z.string(), id: z.string() }));

/**
 * Creates the id of a write: its time in seconds and random bits.
 * @param now wall clock, milliseconds since the epoch
 */
export function newWriteId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(36);
  return `${seconds}.${randomBytes(WRITE_ID_BYTES).toString('base64url')}`;
}

/**
 * The write ids to store in a document that replaces `head`. A writer whose response was lost finds
 * its own id among them, even when other writers have changed the document since then.
 */
export function writesAfter(head: Head | undefined, writeId: string): readonly string[] {
  const since = secondsOf(writeId) - KEPT_SECONDS;
  const earlier = (head?.writes ?? []).filter(
    (id, rank) => rank < MIN_KEPT_WRITES - 1 || secondsOf(id) >= since,
  );
  return [writeId, ...earlier].slice(0, MAX_KEPT_WRITES);
}

/**
 * Returns the time of a write in seconds, by the clock of its writer. 0: an id of an older build,
 * which has no time.
 */
function secondsOf(writeId: string): number {
  const end = writeId.indexOf('.');
  return end < 0 ? 0 : Number.parseInt(writeId.slice(0, end), 36);
}

/** Returns the source to store for a document. */
export function toSource(
  index: TypeIndex,
  document: DocumentToStore,
  writes: readonly string[],
): Record<string, unknown> {
  const { references } = document;
  return {
    key: document.key,
    type: document.type,
    ...(document.namespace === undefined ? {} : { namespace: document.namespace }),
    attributes: JSON.stringify(document.attributes),
    ...summaryOf(index, document.attributes),
    ...(references.length === 0 ? {} : { references: JSON.stringify(references) }),
    modelVersion: document.modelVersion,
    createdAt: document.createdAt,
    updatedAt: document.updatedAt,
    writes,
    indexedBy: index.newest,
    ...searchableParts(index, document),
  };
}

/**
 * Returns the part of the attributes that most reads with a field selection need. Older builds
 * replace the whole source, so a summary always belongs to the attributes beside it.
 */
function summaryOf(
  { largeAttributes }: TypeIndex,
  attributes: DocumentToStore['attributes'],
): { readonly summary?: string } {
  if (largeAttributes.length === 0) return {};
  const small = Object.entries(attributes).filter(([name]) => !largeAttributes.includes(name));
  const without = largeAttributes.filter((name) => Object.hasOwn(attributes, name));
  return { summary: JSON.stringify({ attributes: Object.fromEntries(small), without }) };
}

/**
 * Returns the source to store for a deleted document. It keeps the write ids, so that a writer
 * whose response was lost can recognise its write. The tombstone is removed after a while.
 * @param deletedAt milliseconds since the epoch
 */
export function toTombstone(
  index: TypeIndex,
  key: string,
  writes: readonly string[],
  deletedAt: number,
): Record<string, unknown> {
  return { key, type: index.type, writes, deletedAt, indexedBy: index.newest };
}

/**
 * Converts a stored source to a document.
 * @returns `undefined` for a tombstone
 * @throws StoreError `corrupt` that names the key, not the content
 */
export function toDocument(source: unknown, key: string): StoredDocument | undefined {
  const head = headSource.safeParse(source);
  if (head.success && head.data.deletedAt !== undefined) return undefined;
  const parsed = documentSource.safeParse(source);
  if (!parsed.success) throw corrupt(key);
  return fromSource(parsed.data, parseText(attributesText, parsed.data.attributes, key), key);
}

/**
 * Converts the returned part of a stored source to a document with the selected attributes.
 * @returns `whole` if the whole source is needed, `undefined` for a tombstone
 * @throws StoreError `corrupt` that names the key, not the content
 */
export function toSelected(
  source: unknown,
  key: string,
  { names, modelVersions }: FieldSelection,
): StoredDocument | 'whole' | undefined {
  const head = headSource.safeParse(source);
  if (head.success && head.data.deletedAt !== undefined) return undefined;
  const parsed = selectedSource.safeParse(source);
  if (!parsed.success) throw corrupt(key);
  const { attributes, summary, modelVersion, type } = parsed.data;
  const isCurrent = modelVersion === modelVersions[type];
  if (attributes !== undefined) {
    const all = parseText(attributesText, attributes, key);
    return fromSource(parsed.data, isCurrent ? only(names, all) : all, key);
  }
  if (summary === undefined || !isCurrent) return 'whole';
  const summarized = parseText(summaryText, summary, key);
  if (names.some((name) => summarized.without.includes(name))) return 'whole';
  return fromSource(parsed.data, only(names, summarized.attributes), key);
}

function only(
  names: readonly string[],
  attributes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const selected = names.filter((name) => Object.hasOwn(attributes, name));
  return Object.fromEntries(selected.map((name) => [name, attributes[name]]));
}

function fromSource(
  { references, writes, namespace, ...rest }: z.infer<typeof selectedSource>,
  attributes: Readonly<Record<string, unknown>>,
  key: string,
): StoredDocument {
  return {
    key: rest.key,
    type: rest.type,
    namespace,
    attributes,
    references:
      references === undefined ? NO_REFERENCES : parseText(referencesText, references, key),
    modelVersion: rest.modelVersion,
    createdAt: rest.createdAt,
    updatedAt: rest.updatedAt,
    version: writes[0] ?? '',
  };
}

interface SearchableParts {
  readonly fields: Readonly<Record<string, readonly IndexedValue[]>>;
  readonly words: Readonly<Record<string, readonly string[]>>;
  readonly present: readonly string[];
}

function searchableParts(index: TypeIndex, document: DocumentToStore): SearchableParts {
  const fields: Record<string, readonly IndexedValue[]> = {};
  const words: Record<string, readonly string[]> = {};
  const present: string[] = [];
  for (const [field, mapping] of Object.entries(index.mappings)) {
    const attribute = searchedValue(document, field);
    if (attribute === undefined || attribute === null) continue;
    present.push(field);
    const values = indexedValues(mapping, attribute);
    if (values.length > 0) fields[field] = values;
    const found = hasWords(mapping) ? indexedWords(attribute) : [];
    if (found.length > 0 && !isOneWord(found, attribute)) words[field] = found;
  }
  return { fields, words, present };
}

/**
 * Returns `true` if an attribute is a single word. Searches for words then use its field, so the
 * word is not stored again. Most identifiers are single words.
 */
function isOneWord(found: readonly string[], attribute: unknown): boolean {
  return (
    typeof attribute === 'string' && found.length === 1 && found[0]?.length === attribute.length
  );
}

function searchedValue(document: DocumentToStore, field: string): unknown {
  if (field === 'updatedAt') return document.updatedAt;
  if (field === 'modelVersion') return document.modelVersion;
  return attributeAt(document.attributes, field);
}

function parseText<T>(schema: z.ZodType<T>, text: string, key: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // The error of the parser is not used, because its message contains part of the content.
    throw corrupt(key);
  }
}

/** Returns the error for a stored source that is not a document. */
export function corrupt(key: string): StoreError {
  return new StoreError('corrupt', `The stored document [${key}] cannot be read.`);
}
