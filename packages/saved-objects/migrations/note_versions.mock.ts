import { z } from 'zod';
import type { DocumentToStore } from '../store/document_store.ts';
import type { ModelVersion, SavedObjectsType } from '../types/saved_objects_type.ts';

const first = {
  title: z.string(),
  rank: z.number().optional(),
  secret: z.string().optional(),
};
const second = { ...first, kind: z.enum(['plain', 'rich']) };
const third = { ...second, kind: z.enum(['plain', 'rich', 'shiny']), words: z.number() };

const schemasOf = (shape: z.ZodRawShape): ModelVersion['schemas'] => ({
  create: z.strictObject(shape),
  forwardCompatibility: z.object(shape),
});

const VERSIONS: readonly ModelVersion[] = [
  { changes: [], schemas: schemasOf(first) },
  {
    changes: [
      { type: 'mappings_addition', addedMappings: { kind: { type: 'keyword' } } },
      { type: 'data_backfill', backfill: () => ({ kind: 'plain' }) },
    ],
    schemas: schemasOf(second),
  },
  {
    changes: [
      {
        type: 'data_backfill',
        backfill: ({ title }) => ({ words: String(title).split(' ').length }),
      },
    ],
    schemas: schemasOf(third),
  },
];

/** Returns the note type of a build that has the first `count` of three model versions. */
export function aBuildWith(count: number): SavedObjectsType {
  return {
    name: 'note',
    namespaceType: 'agnostic',
    hidden: false,
    mappings: { properties: { rank: { type: 'long' } } },
    modelVersions: Object.fromEntries(
      VERSIONS.slice(0, count).map((version, i) => [i + 1, version]),
    ),
  };
}

/** Returns a note in model version 1. */
export function aFirstNote(rank: number): DocumentToStore {
  return {
    key: `note:n${String(rank).padStart(6, '0')}`,
    type: 'note',
    namespace: undefined,
    attributes: { title: `note number ${rank}`, rank },
    references: [],
    modelVersion: 1,
    createdAt: '2030-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:00.000Z',
  };
}
