import type { ConnectorStore } from './connector_store.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';

/**
 * Returns the names, by id, of the connectors of a space to which users connect their own account.
 * Checks no privilege.
 */
export async function personalConnectors(
  spaceId: string,
  {
    store,
    preconfigured,
  }: {
    readonly store: Pick<ConnectorStore, 'list'>;
    readonly preconfigured: PreconfiguredConnectors;
  },
): Promise<ReadonlyMap<string, string>> {
  const fixed = preconfigured.list().flatMap(({ id }) => preconfigured.get(id, spaceId) ?? []);
  const stored = await store.list(spaceId);
  // A preconfigured connector replaces a stored connector with the same id.
  const all = [...stored.filter(({ id }) => !preconfigured.has(id)), ...fixed];
  return new Map(
    all.filter(({ authMode }) => authMode === 'per-user').map(({ id, name }) => [id, name]),
  );
}
