import type { StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import type { ModelVersionChange } from '../types/saved_objects_type.ts';
import type { TypeModel } from './type_model.ts';

type Attributes = Readonly<Record<string, unknown>>;

/**
 * The attributes of a stored document as the newest model version of this build has them. Pure: the same document always
 * gives the same answer, so it does not matter who migrates it, how often, or whether the result is written.
 * @throws StoreError `incompatible` when a newer build wrote what this one cannot read, `corrupt` for an impossible version
 */
export function upgradeAttributes(model: TypeModel, document: StoredDocument): Attributes {
  const { modelVersion, attributes } = document;
  if (modelVersion === model.newest) return attributes;
  if (modelVersion > model.newest) return understandNewer(model, document);
  if (!Number.isInteger(modelVersion) || modelVersion < 1) {
    throw new StoreError('corrupt', `Document [${document.key}] has no valid model version.`);
  }
  return model.changes.slice(modelVersion).flat().reduce(applyChange, attributes);
}

function applyChange(attributes: Attributes, change: ModelVersionChange): Attributes {
  switch (change.type) {
    case 'mappings_addition':
      return attributes;
    case 'data_backfill':
      return { ...attributes, ...change.backfill(attributes) };
    case 'data_removal': {
      const kept = { ...attributes };
      for (const attribute of change.removedAttributes) delete kept[attribute];
      return kept;
    }
    case 'unsafe_transform':
      return change.transform(attributes);
  }
}

function understandNewer(model: TypeModel, document: StoredDocument): Attributes {
  const result = model.forwardCompatibility.safeParse(document.attributes);
  if (result.success) return result.data;
  const attribute = result.error.issues[0]?.path[0];
  throw new StoreError(
    'incompatible',
    `Document [${document.key}] has model version ${document.modelVersion} and this build knows [${model.type.name}] up to ${model.newest}: ` +
      `it cannot read attribute [${String(attribute)}]. Start the newer build.`,
  );
}
