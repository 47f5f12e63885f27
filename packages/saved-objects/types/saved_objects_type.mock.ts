import { z } from 'zod';
import type { ModelVersion, SavedObjectsType } from './saved_objects_type.ts';

const NOTE_SCHEMA = z.strictObject({
  title: z.string().max(100),
  owner: z.string().optional(),
  rank: z.number().int().optional(),
  tags: z.array(z.string()).optional(),
  place: z.strictObject({ city: z.string() }).optional(),
  secret: z.string().optional(),
  otherSecret: z.string().optional(),
});

/** A model version. By default it accepts the attributes of a note. */
export function aModelVersion(over: Partial<ModelVersion> = {}): ModelVersion {
  return {
    changes: [],
    schemas: { create: NOTE_SCHEMA, forwardCompatibility: NOTE_SCHEMA },
    ...over,
  };
}

/** A visible type for notes, with one model version. Each note is in one space. */
export function aNoteType(over: Partial<SavedObjectsType> = {}): SavedObjectsType {
  return {
    name: 'note',
    namespaceType: 'multiple-isolated',
    hidden: false,
    mappings: {
      properties: { title: { type: 'text' }, owner: { type: 'keyword' }, rank: { type: 'long' } },
    },
    modelVersions: { 1: aModelVersion() },
    ...over,
  };
}
