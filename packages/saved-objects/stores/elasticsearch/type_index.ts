import { mappedSince, mappingsOf, OWN_FIELDS, versionNumbers } from '../../types/mappings.ts';
import type { FieldMapping, SavedObjectsType } from '../../types/saved_objects_type.ts';

/** The index of a prepared type. */
export interface TypeIndex {
  readonly type: string;
  /** The name that requests use. An operator can replace the index of the alias at any time. */
  readonly alias: string;
  /** Mapped attributes and the built-in fields. */
  readonly mappings: Readonly<Record<string, FieldMapping>>;
  /** The model version that first mapped each attribute. Built-in fields are not included. */
  readonly mappedSince: Readonly<Record<string, number>>;
  /** The newest model version that this build knows. */
  readonly newest: number;
  /** Attributes that summaries leave out. Empty: documents of this type have no summary. */
  readonly largeAttributes: readonly string[];
}

/**
 * Documents with large attributes that one response contains. They have up to a megabyte each, and
 * a response is parsed in one step, which blocks the event loop.
 */
export const MAX_LARGE_DOCUMENTS = 20;

/**
 * Derives the index from a registered type. `checkType` restricts the name, so it is valid in the
 * name of an index.
 */
export function typeIndex(type: SavedObjectsType, indexPrefix: string): TypeIndex {
  return {
    type: type.name,
    alias: `${indexPrefix}${type.name}`,
    mappings: { ...mappingsOf(type), ...OWN_FIELDS },
    mappedSince: mappedSince(type),
    newest: versionNumbers(type).at(-1) ?? 1,
    largeAttributes: type.largeAttributes ?? [],
  };
}

/**
 * Returns the name of the first index of an alias. Names of types have no dot, so it differs from
 * every alias.
 */
export function firstIndexName({ alias }: TypeIndex): string {
  return `${alias}.1`;
}

/**
 * Settings of a new index. An operator can change all of them later, except the number of shards.
 */
export const INDEX_SETTINGS = {
  // One shard can store tens of millions of these documents and makes sorted pages cheap.
  number_of_shards: 1,
  // A single node then has status green, and a second node gets a copy immediately.
  auto_expand_replicas: '0-1',
  // An acknowledged write must survive a power failure: a lost refresh token cannot be recovered.
  'translog.durability': 'request',
  hidden: true,
} as const;

/** A field that is stored but cannot be searched. */
const STORED = { type: 'keyword', index: false, doc_values: false } as const;
/** A field that can be searched but not sorted by. */
const SEARCHED = { type: 'keyword', doc_values: false } as const;

/**
 * The mapping of an index. Attributes are stored as one text that Elasticsearch does not index.
 * Mapped attributes are copied into `fields` and `words`, so no other attribute can be indexed by
 * accident.
 */
export function indexMapping(index: TypeIndex): {
  readonly dynamic: 'strict';
  readonly properties: Readonly<Record<string, object>>;
} {
  const fields = Object.entries(index.mappings);
  const withWords = fields.filter(([, mapping]) => hasWords(mapping));
  return {
    dynamic: 'strict',
    properties: {
      key: { type: 'keyword' },
      type: STORED,
      namespace: { type: 'keyword' },
      attributes: STORED,
      ...(index.largeAttributes.length === 0 ? {} : { summary: STORED }),
      references: STORED,
      modelVersion: { type: 'integer', index: false, doc_values: false },
      createdAt: STORED,
      updatedAt: STORED,
      writes: STORED,
      deletedAt: { type: 'date', format: 'epoch_millis' },
      indexedBy: { type: 'integer' },
      present: SEARCHED,
      fields: flatObject(fields.map(([name, mapping]) => [name, fieldMapping(mapping)])),
      words: flatObject(withWords.map(([name]) => [name, SEARCHED])),
    },
  };
}

/** Returns `true` if words of a field with this mapping can be searched. */
export function hasWords({ type }: FieldMapping): boolean {
  return type === 'text' || type === 'keyword';
}

/**
 * Returns a mapping without sub-objects. A name with dots is one field, so both `a` and `a.b` can
 * be mapped.
 */
function flatObject(entries: readonly (readonly [string, object])[]): object {
  return {
    type: 'object',
    subobjects: false,
    dynamic: 'strict',
    properties: Object.fromEntries(entries),
  };
}

function fieldMapping({ type }: FieldMapping): object {
  switch (type) {
    case 'keyword':
    case 'text':
      return { type: 'keyword' };
    case 'date':
      return { type: 'date', format: 'epoch_millis' };
    case 'long':
      // A double can represent every number of JavaScript.
      return { type: 'double' };
    case 'boolean':
      return { type: 'boolean' };
  }
}

/** Returns the name of the index with the document that a ping writes. */
export function probeIndex(indexPrefix: string): string {
  return `${indexPrefix}.probe`;
}
