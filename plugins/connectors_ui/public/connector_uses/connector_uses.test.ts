import { describe, expect, it } from 'vitest';
import { joinUses } from './connector_uses.ts';

const use = (id: string) => ({ id, name: `Workflow ${id}`, isScheduled: false });

describe('uses of several connectors', () => {
  it('lists and counts a workflow once that uses two of the connectors', () => {
    const joined = joinUses([
      { total: 2, uses: [use('a'), use('b')] },
      { total: 5, uses: [use('b'), use('c')] },
    ]);
    expect(joined.uses.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(joined.total).toBe(6);
  });

  it('are none if no connector is given', () => {
    expect(joinUses([])).toEqual({ total: 0, uses: [] });
  });
});
