import type { StoredDocument } from '../store/document_store.ts';
import { StoreError } from '../store/store_error.ts';
import type { ModelVersionChange } from '../types/saved_objects_type.ts';
import { parseKnown } from './parse_known.ts';
import type { TypeModel } from './type_model.ts';

type Attributes = Readonly<Record<string, unknown>>;

/**
 * Migrates the attributes of a stored document to the newest model version of this build. The
 * result depends on the document alone, so any process can migrate a document, any number of times,
 * with or without writing the result.
 * @throws StoreError `incompatible` when a newer build wrote the document and this build cannot
 * read it; `corrupt` when the model version is invalid or a change throws
 */
export function upgradeAttributes(model: TypeModel, document: StoredDocument): Attributes {
  const { modelVersion, attributes } = document;
  if (modelVersion === model.newest) return withoutRemoved(model, attributes);
  if (modelVersion > model.newest) return readNewer(model, document);
  if (!Number.isInteger(modelVersion) || modelVersion < 1) {
    throw new StoreError('corrupt', `Document [${document.key}] has no valid model version.`);
  }
  const changes = model.changes.slice(modelVersion).flat();
  try {
    return withoutRemoved(model, changes.reduce(applyChange, attributes));
  } catch (error) {
    // The message of the error may contain attributes, so only the name of the error is reported.
    const name = Error.isError(error) ? error.name : 'a value';
    throw new StoreError(
      'corrupt',
      `Document [${document.key}] cannot be migrated from model version ${modelVersion} to ${model.newest}: a change failed with ${name}.`,
    );
  }
}

function applyChange(attributes: Attributes, change: ModelVersionChange): Attributes {
  switch (change.type) {
    case 'mappings_addition':
      return attributes;
    case 'data_backfill':
      return { ...attributes, ...change.backfill(attributes) };
    case 'data_removal':
      return without(attributes, change.removedAttributes);
    case 'unsafe_transform':
      return change.transform(attributes);
  }
}

/**
 * Drops removed attributes. An older build that runs at the same time can write a removed attribute
 * into a document of the newest model version, and the document keeps that version.
 */
function withoutRemoved({ removed }: TypeModel, attributes: Attributes): Attributes {
  return removed.some((name) => Object.hasOwn(attributes, name))
    ? without(attributes, removed)
    : attributes;
}

function without(attributes: Attributes, names: readonly string[]): Attributes {
  const kept = { ...attributes };
  for (const name of names) delete kept[name];
  return kept;
}

function readNewer(model: TypeModel, document: StoredDocument): Attributes {
  const result = parseKnown(model.forwardCompatibility, document.attributes);
  if (result.success) return result.data;
  throw new StoreError(
    'incompatible',
    `Document [${document.key}] has model version ${document.modelVersion} and this build knows [${model.type.name}] up to ${model.newest}: ` +
      `it cannot read attribute [${result.attribute}]. Start the newer build.`,
  );
}
