import type { SavedObjectsType } from '@latchkey/saved-objects';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { SpaceDataHandlers } from './data_handlers.ts';

const aType = (
  name: string,
  namespaceType: SavedObjectsType['namespaceType'],
  shape: z.ZodRawShape = {},
): SavedObjectsType => ({
  name,
  namespaceType,
  hidden: true,
  mappings: { properties: {} },
  modelVersions: {
    1: {
      changes: [],
      schemas: { create: z.strictObject(shape), forwardCompatibility: z.object(shape) },
    },
  },
});

const handlersOf = (...types: string[]): SpaceDataHandlers => {
  const handlers = new SpaceDataHandlers();
  const deleteData = async () => ({ removed: {}, remaining: 0 });
  handlers.register({ id: 'x', types, deleteData, countData: async () => ({}) });
  return handlers;
};

it.each([
  ['stores data per space', aType('note', 'multiple-isolated')],
  ['stores data in single spaces', aType('note', 'single')],
  ['names its space in an attribute', aType('note', 'agnostic', { spaceId: z.string() })],
  [
    'names spaces inside of an attribute',
    aType('note', 'agnostic', {
      grants: z.array(z.strictObject({ inSpaces: z.array(z.string()) }).optional()).default([]),
    }),
  ],
  [
    'names a space in one of several forms of an attribute',
    aType('note', 'agnostic', {
      owner: z.union([z.string(), z.record(z.string(), z.object({ namespace: z.string() }))]),
    }),
  ],
])('the start is refused for a type that %s and that no handler deletes', (_, type) => {
  expect(() => handlersOf().ensureComplete([type])).toThrow('without a space data handler: [note]');
  expect(() => handlersOf('note').ensureComplete([type])).not.toThrow();
});

it('the start needs no handler for types without a space', () => {
  expect(() => handlersOf().ensureComplete([aType('user', 'agnostic')])).not.toThrow();
});
