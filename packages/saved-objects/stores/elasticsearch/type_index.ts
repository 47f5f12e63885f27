import { mappedSince, mappingsOf, OWN_FIELDS, versionNumbers } from '../../types/mappings.ts';
import type { FieldMapping, SavedObjectsType } from '../../types/saved_objects_type.ts';

/** What the store knows of a type after `prepare`. */
export interface TypeIndex {
  readonly type: string;
  /** What requests name. The index behind it may be replaced by an operator without this process noticing. */
  readonly alias: string;
  /** Mapped attributes and the document's own fields. */
  readonly mappings: Readonly<Record<string, FieldMapping>>;
  /** The model version that first mapped a field; the document's own fields are not in it. */
  readonly mappedSince: Readonly<Record<string, number>>;
  /** The newest model version this build knows. */
  readonly newest: number;
}

/** Reads the layout off a registered type. Its name was checked at registration and is a valid part of an index name. */
export function typeIndex(type: SavedObjectsType, indexPrefix: string): TypeIndex {
  return {
    type: type.name,
    alias: `${indexPrefix}${type.name}`,
    mappings: { ...mappingsOf(type), ...OWN_FIELDS },
    mappedSince: mappedSince(type),
    newest: versionNumbers(type).at(-1) ?? 1,
  };
}

/** The index made for an alias that has none. Names of types have no dot, so it is no other type's alias. */
export function firstIndexName({ alias }: TypeIndex): string {
  return `${alias}.1`;
}

/** Settings of a new index. An operator may change all but the number of shards later. */
export const INDEX_SETTINGS = {
  // One shard holds tens of millions of documents of this size, and makes sorted pages cheap.
  number_of_shards: 1,
  // One node is enough to be green, and a second one gets a copy at once.
  auto_expand_replicas: '0-1',
  // An acknowledged write must survive a power cut: a lost rotated refresh token cannot be had again.
  'translog.durability': 'request',
  hidden: true,
} as const;

const KEPT = { type: 'keyword', index: false, doc_values: false } as const;
const SEARCHED = { type: 'keyword', doc_values: false } as const;

/**
 * The mapping of an index. Attributes are kept as one text that Elasticsearch never looks into; what may be searched is
 * copied into `fields` and `words`, so that nothing else can ever be indexed by accident.
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
      type: KEPT,
      namespace: { type: 'keyword' },
      attributes: KEPT,
      references: KEPT,
      modelVersion: { type: 'integer', index: false, doc_values: false },
      createdAt: KEPT,
      updatedAt: KEPT,
      writes: KEPT,
      deletedAt: { type: 'date', format: 'epoch_millis' },
      indexedBy: { type: 'integer' },
      present: SEARCHED,
      fields: flatObject(fields.map(([name, mapping]) => [name, fieldMapping(mapping)])),
      words: flatObject(withWords.map(([name]) => [name, SEARCHED])),
    },
  };
}

/** Whether the words of such a field can be searched for. */
export function hasWords({ type }: FieldMapping): boolean {
  return type === 'text' || type === 'keyword';
}

/** Without sub-objects a name with dots is one field, so `a` and `a.b` can both be mapped. */
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
      // A double holds every number JavaScript has, whole numbers exactly.
      return { type: 'double' };
    case 'boolean':
      return { type: 'boolean' };
  }
}

/** The index of the one document that a ping writes. */
export function probeIndex(indexPrefix: string): string {
  return `${indexPrefix}.probe`;
}
