import { z } from 'zod';
import type { ModelVersion, SavedObjectsType } from '../types/saved_objects_type.ts';

const meta = { seen: z.number() };
const first = {
  title: z.string(),
  /** Optional, because the next model version removes this attribute. */
  legacy: z.string().optional(),
  olds: z.number().optional(),
  meta: z.strictObject(meta).optional(),
  secret: z.string().optional(),
  vault: z.strictObject({ key: z.string() }).optional(),
};
const { legacy: _, ...kept } = first;
const second = {
  ...kept,
  kind: z.enum(['plain', 'rich']),
  /** Number of times that the backfill changed this document. */
  filled: z.number().default(1),
  news: z.number().optional(),
  meta: z.strictObject({ ...meta, fresh: z.number().optional() }).optional(),
  vault: z.strictObject({ key: z.string(), spare: z.string().optional() }).optional(),
  /** Encrypted from the second version on. */
  token: z.string().optional(),
};

/** `vault` is an object when a caller writes it, and an encrypted string when it is stored. */
const stored = (shape: z.ZodRawShape): ModelVersion['schemas'] => ({
  create: z.strictObject(shape),
  forwardCompatibility: z.strictObject({ ...shape, vault: z.unknown().optional() }),
});

const VERSIONS: readonly ModelVersion[] = [
  { changes: [], schemas: stored(first) },
  {
    changes: [
      { type: 'mappings_addition', addedMappings: { kind: { type: 'keyword' } } },
      {
        type: 'data_backfill',
        backfill: ({ kind, filled }) => ({
          kind: kind ?? 'plain',
          filled: Number(filled ?? 0) + 1,
        }),
      },
      { type: 'data_removal', removedAttributes: ['legacy'] },
    ],
    schemas: stored(second),
  },
];

/** Attributes of a sheet that at least one of the two builds knows. */
export interface Sheet {
  readonly title: string;
  readonly legacy?: string;
  readonly olds?: number;
  readonly news?: number;
  readonly meta?: { readonly seen: number; readonly fresh?: number };
  readonly secret?: string;
  readonly vault?: { readonly key: string; readonly spare?: string };
  readonly kind?: 'plain' | 'rich';
  readonly filled?: number;
  readonly token?: string;
}

/**
 * The sheet type of a build that has the first `count` of two model versions. The second version
 * adds, backfills and removes attributes.
 */
export function aSheetBuild(count: number): SavedObjectsType {
  return {
    name: 'sheet',
    namespaceType: 'agnostic',
    hidden: false,
    mappings: { properties: { title: { type: 'keyword' } } },
    modelVersions: Object.fromEntries(
      VERSIONS.slice(0, count).map((version, i) => [i + 1, version]),
    ),
  };
}

/**
 * The attributes that such a build encrypts. Their ciphertext is bound to `olds`, which the older
 * build updates.
 */
export function sheetSecrets(count: number) {
  const encrypted = ['secret', 'vault', ...(count > 1 ? ['token'] : [])];
  return { sheet: { encrypted, bound: ['olds'] } };
}
