/** A pointer from one saved object to another. */
export interface SavedObjectReference {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

/** A saved object as services see it: migrated to the newest model version of its type. */
export interface SavedObject<A extends object = Record<string, unknown>> {
  readonly type: string;
  /** Without namespace; unique per type (and, for `single` types, per namespace). */
  readonly id: string;
  /** The space it lives in; `undefined` for agnostic types. `default` is spelled out. */
  readonly namespace: string | undefined;
  readonly attributes: A;
  readonly references: readonly SavedObjectReference[];
  /** Opaque; pass it back as `version` to write only if nothing changed in between. */
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * Names one object. `namespace` is the space id; absent means `default`, and it is ignored for agnostic types.
 */
export interface SavedObjectKey {
  readonly type: string;
  readonly id: string;
  readonly namespace?: string | undefined;
}
