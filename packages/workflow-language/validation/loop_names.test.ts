import { describe, expect, it, vi } from 'vitest';
import { step, validate } from './workflow_texts.mock.ts';

describe('validation of the names of the members of a list', () => {
  it('searches the fields of a step once, not once per read', () => {
    const searches = [5, 50].map((count) => {
      const values = vi.spyOn(Object, 'values');
      const fields = Array.from({ length: count }, (_, at) => `f${at}: "{{ item.x }}"`);
      const yaml = step(
        `type: data.map\nitems: "\${{ steps.a.output }}"\nwith: { fields: { ${fields.join(', ')} } }`,
      );
      expect(validate(yaml).diagnostics).toEqual([]);
      const found = values.mock.calls.filter(([value]) => Object.hasOwn(value, 'f0'));
      values.mockRestore();
      return found.length;
    });
    expect(searches[1]).toBe(searches[0]);
  });
});
