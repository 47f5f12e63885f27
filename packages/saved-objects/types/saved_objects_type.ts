import type { ZodObject } from 'zod';

/**
 * `agnostic`: one object for all spaces. `multiple-isolated`: lives in exactly one space, its id is unique over all.
 * `single`: lives in one space and its id is unique only there.
 */
export type NamespaceType = 'agnostic' | 'multiple-isolated' | 'single';

/** How an attribute can be searched. Attributes without a mapping cannot be filtered or sorted by. */
export interface FieldMapping {
  /** `text` is searched by words and prefix, and sorted as a whole; `date` holds ISO strings. */
  readonly type: 'keyword' | 'text' | 'date' | 'long' | 'boolean';
}

/** Steps from one model version to the next, applied in order. All are pure functions of one document. */
export type ModelVersionChange =
  | {
      readonly type: 'mappings_addition';
      readonly addedMappings: Readonly<Record<string, FieldMapping>>;
    }
  | {
      readonly type: 'data_backfill';
      /** Attributes to add or replace. Sees encrypted attributes as ciphertext. */
      readonly backfill: (attributes: Readonly<Record<string, unknown>>) => Record<string, unknown>;
    }
  | { readonly type: 'data_removal'; readonly removedAttributes: readonly string[] }
  | {
      readonly type: 'unsafe_transform';
      /** The whole new attributes. Must not touch encrypted attributes or those bound into their encryption. */
      readonly transform: (
        attributes: Readonly<Record<string, unknown>>,
      ) => Record<string, unknown>;
    };

/** One step in the life of a type: what it changes in stored documents, and what is valid from then on. */
export interface ModelVersion {
  readonly changes: readonly ModelVersionChange[];
  readonly schemas: {
    /** What may be written; a strict object over plaintext attributes. Refused writes name the attribute. */
    readonly create: ZodObject;
    /**
     * What this version understands of a document written by a newer one: unknown attributes are dropped
     * on read and kept on write. Encrypted attributes appear as strings.
     */
    readonly forwardCompatibility: ZodObject;
  };
}

/** Whether writes of a type wait until searches see them, where a call does not say. */
export function waitsForSearch({ visibleToSearch }: SavedObjectsType): boolean {
  return visibleToSearch ?? true;
}

/** A saved-object type. Registered in `setup`; names are Kibana's. */
export interface SavedObjectsType {
  readonly name: string;
  readonly namespaceType: NamespaceType;
  /** Hidden types are reached only by repositories that name them. */
  readonly hidden: boolean;
  /**
   * Whether writes wait until searches see them, where a call does not say. Default `true`. `false`
   * is for types whose readers know the id: reads by id see every write at once, and a searching
   * store makes a write that waits slower by up to a second.
   */
  readonly visibleToSearch?: boolean;
  /** The mappings of model version 1; later ones come from `mappings_addition`. */
  readonly mappings: { readonly properties: Readonly<Record<string, FieldMapping>> };
  /** Keys 1, 2, 3 … without gaps. */
  readonly modelVersions: Readonly<Record<number, ModelVersion>>;
}
