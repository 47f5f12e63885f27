import type { StoredDocument } from '@latchkey/saved-objects';
import { storedDocuments, type WhereStored, withBareStore } from './stored_documents.ts';

const GRANT_TYPE = 'user_connector_token';

/** What somebody who can write to the database and has no key can do with a grant: keep a copy of it and put it back later. */
export interface KeptRow {
  /** Which authorization, and since when these tokens: other tokens, another value. The ciphertext also changes when the last use is noted. */
  readonly tokens: { readonly generation: unknown; readonly storedAt: unknown };
  putBack(): Promise<void>;
}

/** Copies the one grant of a connector. @throws Error when there is none, or several */
export async function keepRow(environment: WhereStored, connectorId: string): Promise<KeptRow> {
  const all = await storedDocuments(environment, GRANT_TYPE);
  const [row, ...others] = all.filter(
    ({ attributes }) => attributes['connectorId'] === connectorId,
  );
  if (row === undefined || others.length > 0) throw new Error('Not one grant of this connector');
  const { grantGeneration: generation, updatedAt: storedAt } = row.attributes;
  return { tokens: { generation, storedAt }, putBack: () => putBack(environment, row) };
}

/** Whatever is there now. */
function putBack(where: WhereStored, row: StoredDocument): Promise<void> {
  return withBareStore(where, GRANT_TYPE, async (store) => {
    const { version: _version, ...document } = row;
    await store.put(document, { visibleToSearch: true });
  });
}
