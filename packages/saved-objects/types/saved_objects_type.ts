import { type ZodObject, type ZodRawShape, z } from 'zod';

/**
 * How objects of a type relate to spaces.
 * - `agnostic`: one object serves all spaces.
 * - `multiple-isolated`: an object is in exactly one space; its id is unique across all spaces.
 * - `single`: an object is in exactly one space; its id is unique only there.
 */
export type NamespaceType = 'agnostic' | 'multiple-isolated' | 'single';

/** Type of an attribute in searches. Without a mapping, filters and sorts cannot use it. */
export interface FieldMapping {
  /**
   * `text` is searched by beginnings of words and sorted by the whole text. `date` contains ISO
   * strings.
   */
  readonly type: 'keyword' | 'text' | 'date' | 'long' | 'boolean';
}

/** A change from one model version to the next. Every change is a pure function of one document. */
export type ModelVersionChange =
  | {
      readonly type: 'mappings_addition';
      readonly addedMappings: Readonly<Record<string, FieldMapping>>;
    }
  | {
      readonly type: 'data_backfill';
      /** Returns attributes to add or replace. Receives encrypted attributes as ciphertext. */
      readonly backfill: (attributes: Readonly<Record<string, unknown>>) => Record<string, unknown>;
    }
  | { readonly type: 'data_removal'; readonly removedAttributes: readonly string[] }
  | {
      readonly type: 'unsafe_transform';
      /**
       * Returns all attributes of the new version. Must not change encrypted attributes, nor
       * attributes that their ciphertext is bound to.
       */
      readonly transform: (
        attributes: Readonly<Record<string, unknown>>,
      ) => Record<string, unknown>;
    };

/** One released shape of a type: its changes to stored documents, and its schemas. */
export interface ModelVersion {
  /** Changes from the previous version, applied in this order. */
  readonly changes: readonly ModelVersionChange[];
  readonly schemas: {
    /** Validates writes: a strict object of plaintext attributes. Errors name the attribute. */
    readonly create: ZodObject;
    /**
     * Reads documents that a newer version wrote. Unknown attributes are dropped on read and kept
     * on write. Encrypted attributes are strings here.
     */
    readonly forwardCompatibility: ZodObject;
  };
}

/** Schemas of a model version without encrypted attributes. */
export const plainSchemas = (attributes: ZodRawShape): ModelVersion['schemas'] => ({
  create: z.strictObject(attributes),
  forwardCompatibility: z.object(attributes),
});

/**
 * Returns `true` if writes of a type wait until searches see them, when the call does not specify
 * it.
 */
export function waitsForSearch({ visibleToSearch }: SavedObjectsType): boolean {
  return visibleToSearch ?? true;
}

/** A saved-object type. Register it in `setup`. Member names are those of Kibana. */
export interface SavedObjectsType {
  readonly name: string;
  readonly namespaceType: NamespaceType;
  /** `true`: only repositories that name the type can access it. */
  readonly hidden: boolean;
  /**
   * `true` (default): writes wait until searches see them, unless the call specifies otherwise. In
   * Elasticsearch that takes up to a second. Use `false` for types that are read by id: such reads
   * see every write immediately.
   */
  readonly visibleToSearch?: boolean;
  /**
   * Attributes that can have many kilobytes. In Elasticsearch, a read whose `fields` name none of
   * them is cheap. Default: none.
   */
  readonly largeAttributes?: readonly string[];
  /** The mappings of model version 1. Later mappings come from `mappings_addition`. */
  readonly mappings: { readonly properties: Readonly<Record<string, FieldMapping>> };
  /** The model versions. Their keys are 1, 2, 3 … without gaps. */
  readonly modelVersions: Readonly<Record<number, ModelVersion>>;
}
