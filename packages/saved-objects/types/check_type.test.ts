import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkType } from './check_type.ts';
import { mappingsOf } from './mappings.ts';
import { aModelVersion, aNoteType } from './saved_objects_type.mock.ts';
import type { FieldMapping, ModelVersionChange } from './saved_objects_type.ts';

const schemaOf = (shape: z.ZodRawShape) => ({
  create: z.strictObject(shape),
  forwardCompatibility: z.object(shape),
});

const withChange = (change: ModelVersionChange, shape: z.ZodRawShape = {}) =>
  aNoteType({
    modelVersions: {
      1: aModelVersion(),
      2: { changes: [change], schemas: schemaOf(shape) },
    },
  });

describe('the check of a registered type', () => {
  it('accepts names and mappings in the form of Kibana', () => {
    const properties: Record<string, FieldMapping> = {
      'schedule.interval': { type: 'keyword' },
      _id2: { type: 'long' },
    };
    const type = aNoteType({ name: 'user_connector-token2', mappings: { properties } });
    expect(() => checkType(type)).not.toThrow();
  });

  it.each(['', 'Note', '1note', 'no te', 'no"te', "no'te", 'no;te', '*', 'n'.repeat(64)])(
    'refuses the type name %j',
    (name) => {
      expect(() => checkType(aNoteType({ name }))).toThrow(`[${name}]`);
    },
  );

  it.each(['', '"', "a'b", 'a b', 'a..b', '.a', '$a', 'a.b.c.d.e', '1a'])(
    'refuses the field name %j',
    (field) => {
      const mappings = { properties: { [field]: { type: 'keyword' } as const } };
      expect(() => checkType(aNoteType({ mappings }))).toThrow(`[${field}]`);
    },
  );

  it.each(['updatedAt', 'modelVersion'])(
    'refuses a mapping with the name of the built-in field %s',
    (field) => {
      const mappings = { properties: { [field]: { type: 'date' } as const } };
      expect(() => checkType(aNoteType({ mappings }))).toThrow(`[${field}]`);
    },
  );

  it('rejects model versions that have gaps, do not begin at 1, or are missing', () => {
    const version = aModelVersion();
    for (const modelVersions of [{}, { 2: version }, { 1: version, 3: version }, { 0: version }]) {
      expect(() => checkType(aNoteType({ modelVersions }))).toThrow('[note] cannot be registered');
    }
  });

  it('refuses data changes in model version 1, because no older version exists', () => {
    const changes: ModelVersionChange[] = [{ type: 'data_backfill', backfill: () => ({}) }];
    const type = aNoteType({ modelVersions: { 1: aModelVersion({ changes }) } });
    expect(() => checkType(type)).toThrow('model version 1 cannot have a data_backfill');
  });

  it('refuses to remove an attribute that the same version still accepts', () => {
    const change: ModelVersionChange = { type: 'data_removal', removedAttributes: ['owner'] };
    expect(() => checkType(withChange(change, { owner: z.string() }))).toThrow('removes [owner]');
    expect(() => checkType(withChange(change, { title: z.string() }))).not.toThrow();
  });

  it('refuses to remove an attribute that the previous version requires', () => {
    const change: ModelVersionChange = { type: 'data_removal', removedAttributes: ['title'] };
    const removal = withChange(change, { owner: z.string().optional() });
    expect(() => checkType(removal)).toThrow(/removes \[title\].* make it optional in one version/);
    const optional = schemaOf({ title: z.string().optional() });
    const inTwoSteps = aNoteType({
      modelVersions: {
        1: aModelVersion(),
        2: { changes: [], schemas: optional },
        3: { changes: [change], schemas: schemaOf({}) },
      },
    });
    expect(() => checkType(inTwoSteps)).not.toThrow();
  });

  it('refuses to remove an attribute that the previous build requires in newer documents', () => {
    const schemas = {
      create: z.strictObject({ owner: z.string().optional() }),
      forwardCompatibility: z.object({ owner: z.string() }),
    };
    const change: ModelVersionChange = { type: 'data_removal', removedAttributes: ['owner'] };
    const type = aNoteType({
      modelVersions: {
        1: aModelVersion({ schemas }),
        2: { changes: [change], schemas: schemaOf({}) },
      },
    });
    expect(() => checkType(type)).toThrow('removes [owner]');
  });

  it('refuses a new required attribute that no change fills in for older documents', () => {
    const shape = { title: z.string(), kind: z.string() };
    const noBackfill: ModelVersionChange = { type: 'mappings_addition', addedMappings: {} };
    expect(() => checkType(withChange(noBackfill, shape))).toThrow('requires [kind]');
    const filled: ModelVersionChange = {
      type: 'data_backfill',
      backfill: () => ({ kind: 'plain' }),
    };
    expect(() => checkType(withChange(filled, shape))).not.toThrow();
  });

  it('refuses a mapping addition that changes the type of a mapped field', () => {
    const change: ModelVersionChange = {
      type: 'mappings_addition',
      addedMappings: { rank: { type: 'keyword' } },
    };
    expect(() => checkType(withChange(change))).toThrow('[rank] changes from long to keyword');
  });

  it('rejects a change of a model version that lacks its function, as untyped code can register it', () => {
    for (const type of ['data_backfill', 'unsafe_transform'] as const) {
      const change = { type } as unknown as ModelVersionChange;
      expect(() => checkType(withChange(change))).toThrow('without a function');
    }
  });
});

describe('the mappings of a type', () => {
  it('are merged from all model versions', () => {
    const type = withChange({
      type: 'mappings_addition',
      addedMappings: { dueAt: { type: 'date' }, rank: { type: 'long' } },
    });
    expect(mappingsOf(type)).toEqual({
      title: { type: 'text' },
      owner: { type: 'keyword' },
      rank: { type: 'long' },
      dueAt: { type: 'date' },
    });
  });
});
