import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoredDocument } from '../store/document_store.ts';
import { aModelVersion, aNoteType } from '../types/saved_objects_type.mock.ts';
import type { ModelVersionChange } from '../types/saved_objects_type.ts';
import { createTypeModel } from './type_model.ts';
import { upgradeAttributes } from './upgrade_attributes.ts';

const schema = z.strictObject({ title: z.string(), kind: z.enum(['plain', 'rich']) });
const aVersion = (...changes: ModelVersionChange[]) =>
  aModelVersion({ changes, schemas: { create: schema, forwardCompatibility: schema } });

const model = createTypeModel(
  aNoteType({
    modelVersions: {
      1: aVersion(),
      2: aVersion(
        { type: 'mappings_addition', addedMappings: { kind: { type: 'keyword' } } },
        { type: 'data_backfill', backfill: ({ kind }) => ({ kind: kind ?? 'plain' }) },
      ),
      3: aVersion(
        {
          type: 'unsafe_transform',
          transform: ({ name, ...rest }) => ({ ...rest, title: String(name).toUpperCase() }),
        },
        { type: 'data_removal', removedAttributes: ['legacy'] },
      ),
    },
  }),
);

const aDocument = (modelVersion: number, attributes: Record<string, unknown>): StoredDocument => ({
  key: 'note:a',
  type: 'note',
  namespace: 'default',
  attributes,
  references: [],
  modelVersion,
  createdAt: '2030-01-01T00:00:00.000Z',
  updatedAt: '2030-01-01T00:00:00.000Z',
  version: 'v',
});

describe('the upgrade of a stored document', () => {
  it('applies the changes of all later versions in order', () => {
    const document = aDocument(1, { name: 'x', legacy: true });
    expect(upgradeAttributes(model, document)).toStrictEqual({ kind: 'plain', title: 'X' });
  });

  it('applies only the changes after the model version of the document', () => {
    const document = aDocument(2, { name: 'x', kind: 'rich' });
    expect(upgradeAttributes(model, document)).toStrictEqual({ kind: 'rich', title: 'X' });
  });

  it('neither copies nor parses a document that is up to date', () => {
    const attributes = { anything: 'at all' };
    expect(upgradeAttributes(model, aDocument(3, attributes))).toBe(attributes);
  });

  it('does not change the stored document', () => {
    const attributes = Object.freeze({ name: 'x', legacy: true });
    upgradeAttributes(model, aDocument(1, attributes));
    expect(attributes).toEqual({ name: 'x', legacy: true });
  });

  it('drops unknown attributes of a newer document, even when the schema is strict', () => {
    const document = aDocument(4, { title: 'x', kind: 'rich', invented: 'later' });
    expect(upgradeAttributes(model, document)).toStrictEqual({ title: 'x', kind: 'rich' });
  });

  it('refuses a newer document that it cannot read, and names both versions but no value', () => {
    const document = aDocument(5, { title: 'x', kind: 'canary-value' });
    const upgrade = (): unknown => upgradeAttributes(model, document);
    expect(upgrade).toThrow(/\[note:a\] has model version 5 .* up to 3.* attribute \[kind\]/);
    expect(upgrade).not.toThrow('canary-value');
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses model version %o as damaged', (modelVersion) => {
    const document = aDocument(modelVersion, {});
    expect(() => upgradeAttributes(model, document)).toThrow('no valid model version');
  });
});
