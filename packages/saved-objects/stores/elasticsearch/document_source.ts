import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DocumentToStore, StoredDocument } from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import type { SavedObjectReference } from '../../types/saved_object.ts';
import { attributeAt, type IndexedValue, indexedValues, indexedWords } from './indexed_values.ts';
import { hasWords, type TypeIndex } from './type_index.ts';

/** 96 random bits: the id of a write, and so a version, never comes back. */
const WRITE_ID_BYTES = 12;
/** Writes that a document remembers whatever their age. */
const ALWAYS_REMEMBERED = 8;
/** A writer whose answer was lost has given up by then. */
const REMEMBERED_SECONDS = 5 * 60;
/** Bounds a document that is written all the time. */
const MAX_REMEMBERED = 64;

const NO_REFERENCES: readonly SavedObjectReference[] = [];

/**
 * What is known of a key before it is written. `writes` are the ids of the last writes, the newest first; the newest is the
 * version. `isDeleted`: a tombstone, which every reader takes for nothing.
 */
export interface Head {
  readonly seqNo: number;
  readonly primaryTerm: number;
  readonly writes: readonly string[];
  readonly isDeleted: boolean;
  /** `undefined` for a tombstone. */
  readonly modelVersion: number | undefined;
}

/** The fields of {@link Head} as they are stored. */
export const headSource = z.object({
  writes: z.array(z.string()).min(1),
  deletedAt: z.number().optional(),
  modelVersion: z.number().optional(),
});

const documentSource = headSource.extend({
  key: z.string(),
  type: z.string(),
  namespace: z.string().optional(),
  attributes: z.string(),
  references: z.string().optional(),
  modelVersion: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
/** Not a record schema: it would copy every attribute of every read. */
const attributesText = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const referencesText = z.array(z.object({ name: z.string(), type: z.string(), id: z.string() }));

/** @param now wall clock, milliseconds since the epoch */
export function newWriteId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(36);
  return `${seconds}.${randomBytes(WRITE_ID_BYTES).toString('base64url')}`;
}

/**
 * Ids of writes for a document that replaces `head`: a writer whose answer was lost finds its own among them, however many others have written while it
 * tried again.
 */
export function writesAfter(head: Head | undefined, writeId: string): readonly string[] {
  const since = secondsOf(writeId) - REMEMBERED_SECONDS;
  const earlier = (head?.writes ?? []).filter(
    (id, rank) => rank < ALWAYS_REMEMBERED - 1 || secondsOf(id) >= since,
  );
  return [writeId, ...earlier].slice(0, MAX_REMEMBERED);
}

/** When it was written by its writer's clock; ids of builds of before do not say. */
function secondsOf(writeId: string): number {
  const end = writeId.indexOf('.');
  return end < 0 ? 0 : Number.parseInt(writeId.slice(0, end), 36);
}

/** What is stored of a document. */
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
    ...(references.length === 0 ? {} : { references: JSON.stringify(references) }),
    modelVersion: document.modelVersion,
    createdAt: document.createdAt,
    updatedAt: document.updatedAt,
    writes,
    indexedBy: index.newest,
    ...searchableParts(index, document),
  };
}

/** What is stored in the place of a deleted document, until nobody can ask any more what became of its last write. */
export function toTombstone(
  index: TypeIndex,
  key: string,
  writes: readonly string[],
  deletedAt: number,
): Record<string, unknown> {
  return { key, type: index.type, writes, deletedAt, indexedBy: index.newest };
}

/**
 * @returns `undefined` for a tombstone
 * @throws StoreError `corrupt`; names the key, never the content
 */
export function toDocument(source: unknown, key: string): StoredDocument | undefined {
  const head = headSource.safeParse(source);
  if (head.success && head.data.deletedAt !== undefined) return undefined;
  const parsed = documentSource.safeParse(source);
  if (!parsed.success) throw corrupt(key);
  const { references, writes, deletedAt: _, namespace, attributes, ...rest } = parsed.data;
  return {
    key: rest.key,
    type: rest.type,
    namespace,
    attributes: parseText(attributesText, attributes, key),
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

/** The field itself tells how its only word begins. Most identifiers are one word. */
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
    // The parser's own message quotes the content, which may be secret.
    throw corrupt(key);
  }
}

function corrupt(key: string): StoreError {
  return new StoreError('corrupt', `The stored document [${key}] cannot be read.`);
}
