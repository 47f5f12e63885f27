import type { SQLInputValue } from 'node:sqlite';
import type {
  DocumentToStore,
  FieldSelection,
  StoredDocument,
} from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import type { SavedObjectReference } from '../../types/saved_object.ts';
import { jsonPath } from './tables.ts';

/** The columns of a document, in the order of {@link toRow}. */
export const COLUMNS =
  'key, namespace, attributes, refs, model_version, created_at, updated_at, version';

/**
 * Returns the columns of a document with some of its attributes, each as JSON in a column of its
 * own. So SQLite neither returns nor copies the other attributes. A document of another model
 * version has all its attributes in `attributes`.
 */
export function selectedColumns(type: string, fields: FieldSelection | undefined): string {
  if (fields === undefined) return COLUMNS;
  const isCurrent = `model_version = ${Number(fields.modelVersions[type] ?? 0)}`;
  const selected = fields.names.map(
    (name, i) =>
      `CASE WHEN ${isCurrent} THEN attributes -> ${jsonPath(name)} END AS ${columnOf(i)}`,
  );
  const whole = `CASE WHEN NOT (${isCurrent}) THEN attributes END AS attributes`;
  return [
    'key, namespace, refs, model_version, created_at, updated_at, version',
    whole,
    ...selected,
  ].join(', ');
}

function columnOf(index: number): string {
  return `selected_${index}`;
}

/** A row as `node:sqlite` returns it. */
export type Row = Readonly<Record<string, unknown>>;

const NO_REFERENCES: readonly SavedObjectReference[] = [];

/**
 * Converts a row to a document.
 * @param fields those of {@link selectedColumns}
 * @throws StoreError `corrupt` when the stored JSON cannot be parsed. It names the key, not the
 * content
 */
export function toDocument(row: Row, type: string, fields?: FieldSelection): StoredDocument {
  const { key, namespace, refs } = row;
  const attributes = fields === undefined ? row['attributes'] : selectedJson(row, fields);
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

/** Number of characters of all texts in a row. */
export function charactersOf(row: Row): number {
  let count = 0;
  for (const value of Object.values(row)) if (typeof value === 'string') count += value.length;
  return count;
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

/** Returns the JSON of the selected attributes, or of all attributes if the row has them. */
function selectedJson(row: Row, { names }: FieldSelection): unknown {
  if (row['attributes'] !== null) return row['attributes'];
  const members = names.flatMap((name, i) => {
    const json = row[columnOf(i)];
    return typeof json === 'string' ? [`${JSON.stringify(name)}:${json}`] : [];
  });
  return `{${members.join(',')}}`;
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
