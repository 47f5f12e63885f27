import type { SQLInputValue } from 'node:sqlite';
import type { DocumentToStore, StoredDocument } from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import type { SavedObjectReference } from '../../types/saved_object.ts';

/** The columns of a document, in the order of {@link toRow}. */
export const COLUMNS =
  'key, namespace, attributes, refs, model_version, created_at, updated_at, version';

/** A row as `node:sqlite` returns it. */
export type Row = Readonly<Record<string, unknown>>;

const NO_REFERENCES: readonly SavedObjectReference[] = [];

/**
 * Converts a row to a document.
 * @throws StoreError `corrupt` when the stored JSON cannot be parsed. It names the key, not the
 * content
 */
export function toDocument(row: Row, type: string): StoredDocument {
  const { key, namespace, attributes, refs } = row;
  return {
    key: String(key),
    type,
    namespace: typeof namespace === 'string' ? namespace : undefined,
    attributes: parse(attributes, key, type) as Record<string, unknown>,
    references: refs === '[]' ? NO_REFERENCES : (parse(refs, key, type) as SavedObjectReference[]),
    modelVersion: Number(row['model_version']),
    createdAt: String(row['created_at']),
    updatedAt: String(row['updated_at']),
    version: String(row['version']),
  };
}

/** Converts a document to the values of {@link COLUMNS}. */
export function toRow(document: DocumentToStore, version: string): SQLInputValue[] {
  return [
    document.key,
    document.namespace ?? null,
    JSON.stringify(document.attributes),
    document.references.length === 0 ? '[]' : JSON.stringify(document.references),
    document.modelVersion,
    document.createdAt,
    document.updatedAt,
    version,
  ];
}

function parse(json: unknown, key: unknown, type: string): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    // The error of the parser is not used, because its message contains part of the content.
    throw new StoreError(
      'corrupt',
      `The stored document [${String(key)}] of type [${type}] cannot be read.`,
    );
  }
}
