import { z } from 'zod';
import type { DocumentStore, DocumentToStore, StoredDocument } from '../store/document_store.ts';
import type { NamespaceType, SavedObjectsType } from '../types/saved_objects_type.ts';

const anything = z.looseObject({});

/** The type of most documents of the conformance tests. */
export const NOTE: SavedObjectsType = {
  ...aType('conformance_note', 'multiple-isolated'),
  largeAttributes: ['text'],
};
/** A second type, for searches of several types and for agnostic documents. */
export const GLOBAL = aType('conformance_global', 'agnostic');

function aType(name: string, namespaceType: NamespaceType): SavedObjectsType {
  return {
    name,
    namespaceType,
    hidden: false,
    mappings: {
      properties: {
        title: { type: 'text' },
        owner: { type: 'keyword' },
        tags: { type: 'keyword' },
        dueAt: { type: 'date' },
        rank: { type: 'long' },
        done: { type: 'boolean' },
        'place.city': { type: 'keyword' },
      },
    },
    modelVersions: {
      1: { changes: [], schemas: { create: anything, forwardCompatibility: anything } },
    },
  };
}

/** Returns the store key of the note with an id. */
export const noteKey = (id: string): string => `${NOTE.name}:${id}`;

/** Builds a note to store. */
export function aNote(
  id: string,
  attributes: Record<string, unknown> = {},
  over: Partial<DocumentToStore> = {},
): DocumentToStore {
  return {
    key: noteKey(id),
    type: NOTE.name,
    namespace: 'default',
    attributes,
    references: [],
    modelVersion: 1,
    createdAt: '2030-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:00.000Z',
    ...over,
  };
}

/** Stores notes so that searches see them. */
export async function putAll(
  store: DocumentStore,
  documents: readonly DocumentToStore[],
): Promise<void> {
  await Promise.all(documents.map((document) => store.put(document, { visibleToSearch: true })));
}

/** Returns the ids of documents, in the order of the documents. */
export function idsOf(documents: readonly Pick<StoredDocument, 'key'>[]): readonly string[] {
  return documents.map(({ key }) => key.slice(key.indexOf(':') + 1));
}

/** Returns `count` ids in ascending order. */
export function idsUpTo(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `n${String(i).padStart(4, '0')}`);
}
