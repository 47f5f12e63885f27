import { connectorSpecs } from '@latchkey/connector-specs';

/** Maps the current id of a connector type to its former id. */
const FORMER_IDS: ReadonlyMap<string, string> = new Map(
  connectorSpecs.flatMap(({ metadata, formerId }): [string, string][] =>
    formerId === undefined ? [] : [[metadata.id, formerId]],
  ),
);

/** The attributes of the saved-object type `action` that identify the connector type. */
interface TypeAttributes {
  /**
   * Id of the type. Of a renamed type, the former id, which servers of the previous release know.
   */
  readonly actionTypeId: string;
  /** Current id of a renamed type. Absent if the type was not renamed. */
  readonly connectorTypeId?: string;
}

/** Returns the attributes with which the type of a connector is stored. */
export function storedTypeId(connectorTypeId: string): TypeAttributes {
  const former = FORMER_IDS.get(connectorTypeId);
  if (former === undefined) return { actionTypeId: connectorTypeId };
  return { actionTypeId: former, connectorTypeId };
}

/** Returns the current id of the type of a stored connector. */
export function typeIdOf(stored: {
  readonly actionTypeId: string;
  readonly connectorTypeId?: string | undefined;
}): string {
  return stored.connectorTypeId ?? stored.actionTypeId;
}

/**
 * Returns the current id of a type that was stored under its former id. Use it only for connectors
 * of earlier model versions, because a new type may have the former id since then. `undefined`: the
 * type was not renamed.
 */
export function renamedTypeId(actionTypeId: unknown): string | undefined {
  return [...FORMER_IDS].find(([, former]) => former === actionTypeId)?.[0];
}
