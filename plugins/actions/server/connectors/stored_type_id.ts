import { connectorSpecs } from '@latchkey/connector-specs';

/** By the present id of a connector type, the id it had before. */
const FORMER_IDS: ReadonlyMap<string, string> = new Map(
  connectorSpecs.flatMap(({ metadata, formerId }): [string, string][] =>
    formerId === undefined ? [] : [[metadata.id, formerId]],
  ),
);

/** The attributes of `action` that name the type. */
interface TypeAttributes {
  /** For a type that was renamed, its former id: what a server of the release before knows. */
  readonly actionTypeId: string;
  /** The present id, where it differs. */
  readonly connectorTypeId?: string;
}

/** How the type of a connector is stored. */
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
 * The present id of a connector written before its type was renamed. A new type may use the former id since, so this holds for connectors of
 * earlier model versions alone.
 */
export function renamedTypeId(actionTypeId: unknown): string | undefined {
  return [...FORMER_IDS].find(([, former]) => former === actionTypeId)?.[0];
}
