/** A reference from one saved object to another. */
export interface SavedObjectReference {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

/** A saved object, migrated to the newest model version of its type that this build knows. */
export interface SavedObject<A extends object = Record<string, unknown>> {
  readonly type: string;
  /** Id without the namespace. Unique per type; for `single` types, per type and namespace. */
  readonly id: string;
  /** The space of the object, even when it is `default`. `undefined` for agnostic types. */
  readonly namespace: string | undefined;
  readonly attributes: A;
  readonly references: readonly SavedObjectReference[];
  /**
   * Opaque version of the stored document. Pass it as `version` of a write that must fail if the
   * object changed meanwhile.
   */
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Names one object. */
export interface SavedObjectKey {
  readonly type: string;
  readonly id: string;
  /** The space id. `undefined`: `default`. Ignored for agnostic types. */
  readonly namespace?: string | undefined;
}
