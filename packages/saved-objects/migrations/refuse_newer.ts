import { filter } from '../filter/filter.ts';
import type { DocumentStore } from '../store/document_store.ts';
import type { TypeModel } from './type_model.ts';
import { upgradeAttributes } from './upgrade_attributes.ts';

/** Documents of one version that are tried at start. They have one shape; the rest is checked when read. */
const MAX_TRIED = 100;

/**
 * Ends the start of a build that would not understand what a newer one has written: some documents of each newer version are tried.
 * @throws StoreError `incompatible`, naming a document and both versions
 */
export async function refuseNewer(store: DocumentStore, model: TypeModel): Promise<void> {
  let after = model.newest;
  for (;;) {
    const { documents } = await store.search({
      types: [model.type.name],
      filter: filter.after('modelVersion', after),
      sort: [{ field: 'modelVersion', order: 'asc' }],
      limit: MAX_TRIED,
    });
    for (const document of documents) upgradeAttributes(model, document);
    const last = documents.at(-1);
    if (last === undefined) return;
    after = last.modelVersion;
  }
}
