import type { StoredDocument } from '@latchkey/saved-objects';
import { type InstallationStore, storedDocuments, withBareStore } from './stored_documents.ts';

const GRANT_TYPE = 'user_connector_token';

/**
 * A copy of a grant's row. An attacker with write access to the database and without a key can keep
 * it and restore it later.
 */
export interface CopiedRow {
  /**
   * Identifies the authorization and the time of its tokens: changes whenever the tokens change.
   * The ciphertext also changes when the last use is recorded.
   */
  readonly tokens: { readonly generation: unknown; readonly storedAt: unknown };
  restore(): Promise<void>;
}

/**
 * Copies the only grant of a connector.
 * @throws Error when there is none, or several
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

/** Replaces the current row. */
function restore(where: InstallationStore, row: StoredDocument): Promise<void> {
  return withBareStore(where, GRANT_TYPE, async (store) => {
    const { version: _version, ...document } = row;
    await store.put(document, { visibleToSearch: true });
  });
}
