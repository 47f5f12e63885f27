import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentKey, savedObjectKey } from './document_key.ts';

describe('the key of a document', () => {
  it('contains the namespace when ids of the type are unique in one space only', () => {
    expect(documentKey({ name: 'note', namespaceType: 'single' }, 'a', 'team')).toBe('team:note:a');
    expect(documentKey({ name: 'note', namespaceType: 'single' }, 'a')).toBe('default:note:a');
    const isolated = { name: 'note', namespaceType: 'multiple-isolated' } as const;
    expect(documentKey(isolated, 'a', 'team')).toBe('note:a');
  });

  it('is parsed back to the same id and namespace for ids of any characters', () => {
    const namespaceType = fc.constantFrom('single', 'multiple-isolated');
    const names = fc.record({ id: fc.string({ minLength: 1 }), namespaceType });
    fc.assert(
      fc.property(names, ({ id, namespaceType: kind }) => {
        const type = { name: 'note', namespaceType: kind } as const;
        const key = documentKey(type, id, 'team');
        const expected = { type: 'note', id, namespace: 'team' };
        expect(savedObjectKey(type, { key, namespace: 'team' })).toEqual(expected);
      }),
    );
  });
});
