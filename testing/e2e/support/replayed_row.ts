import type { StoredDocument } from '@latchkey/saved-objects';
import { type InstallationStore, storedDocuments, withBareStore } from './stored_documents.ts';

const GRANT_TYPE = 'user_connector_token';

/**
 * A copy of the row of a grant. An attacker with write access to the database and without a key can
 * keep such a copy and restore it later.
 */
export interface CopiedRow {
  /**
   * Values that change whenever the tokens change: the number of the authorization and the time at
   * which its tokens were stored. The ciphertext cannot be compared, because it also changes when
   * the last use is recorded.
   */
  readonly tokens: { readonly generation: unknown; readonly storedAt: unknown };
  restore(): Promise<void>;
}

/**
 * Copies the only grant of a connector.
 * @throws Error when the connector has no grant, or several
 */
export async function copyRow(
  environment: InstallationStore,
  connectorId: string,
): Promise<CopiedRow> {
  const all = await storedDocuments(environment, GRANT_TYPE);
  const [row, ...others] = all.filter(
    ({ attributes }) => attributes['connectorId'] === connectorId,
  );
  if (row === undefined || others.length > 0)
    throw new Error('Expected exactly one grant of this connector');
  const { grantGeneration: generation, updatedAt: storedAt } = row.attributes;
  return { tokens: { generation, storedAt }, restore: () => restore(environment, row) };
}

/** Replaces the current row of a grant with a copy. */
function restore(where: InstallationStore, row: StoredDocument): Promise<void> {
  return withBareStore(where, GRANT_TYPE, async (store) => {
    const { version: _version, ...document } = row;
    await store.put(document, { visibleToSearch: true });
  });
}
