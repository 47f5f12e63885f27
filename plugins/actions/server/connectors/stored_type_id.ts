import { connectorSpecs } from '@latchkey/connector-specs';

/** Maps the current id of a connector type to its former id. */
const FORMER_IDS: ReadonlyMap<string, string> = new Map(
  connectorSpecs.flatMap(({ metadata, formerId }): [string, string][] =>
    formerId === undefined ? [] : [[metadata.id, formerId]],
  ),
);

/** The attributes of `action` that name the type. */
interface TypeAttributes {
  /** The former id of a renamed type, which servers of the previous release know. */
  readonly actionTypeId: string;
  /** The current id of the type, if it differs. */
  readonly connectorTypeId?: string;
}

/** The attributes with which a connector's type is stored. */
export function storedTypeId(connectorTypeId: string): TypeAttributes {
  const former = FORMER_IDS.get(connectorTypeId);
  if (former === undefined) return { actionTypeId: connectorTypeId };
  return { actionTypeId: former, connectorTypeId };
}

/** The type of a stored connector. */
export function typeIdOf(stored: {
  readonly actionTypeId: string;
  readonly connectorTypeId?: string | undefined;
}): string {
  return stored.connectorTypeId ?? stored.actionTypeId;
}

/**
 * The current type id of a connector written before its type was renamed. Use it only for
 * connectors of earlier model versions: a new type may have the former id since then. `undefined`:
 * the type was not renamed.
 */
export function renamedTypeId(actionTypeId: unknown): string | undefined {
  return [...FORMER_IDS].find(([, former]) => former === actionTypeId)?.[0];
}
