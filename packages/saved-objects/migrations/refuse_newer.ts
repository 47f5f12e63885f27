import { filter } from '../filter/filter.ts';
import type { TypeModel } from '../model_versions/type_model.ts';
import { upgradeAttributes } from '../model_versions/upgrade_attributes.ts';
import type { DocumentStore } from '../store/document_store.ts';

/**
 * Documents to check at start per newer model version. Other documents are checked when they are
 * read.
 */
const MAX_CHECKED = 100;

/**
 * Checks that this build can read documents of newer builds. It reads some documents of each newer
 * model version, because documents of one version have one shape.
 * @throws StoreError `incompatible` that names a document and both versions
 */
export async function refuseNewer(store: DocumentStore, model: TypeModel): Promise<void> {
  let after = model.newest;
  for (;;) {
    const { documents } = await store.search({
      types: [model.type.name],
      filter: filter.after('modelVersion', after),
      sort: [{ field: 'modelVersion', order: 'asc' }],
      limit: MAX_CHECKED,
    });
    for (const document of documents) upgradeAttributes(model, document);
    const last = documents.at(-1);
    if (last === undefined) return;
    after = last.modelVersion;
  }
}
