import { describe, expect, it } from 'vitest';
import type { HttpMethod } from '../../common/index.ts';
import { RouteTable } from './route_table.ts';

function aTable(...routes: readonly (readonly [HttpMethod, string])[]): RouteTable {
  const table = new RouteTable();
  for (const [method, path] of routes) {
    const definition = { method, path, access: 'public', summary: 'x' } as const;
    table.add(definition, () => ({ status: 200 }), undefined);
  }
  return table;
}

describe('the table of routes', () => {
  const table = aTable(
    ['get', '/connector/{id}'],
    ['put', '/connector/{id}'],
    ['delete', '/connector/{id}'],
    ['get', '/connector/_oauth_callback_script'],
    ['get', '/files/{path*}'],
  );

  it('returns the methods of a path with a placeholder', () => {
    expect(table.methodsOf('/connector/a')).toEqual(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
  });

  it('returns only the methods of a literal path', () => {
    expect(table.methodsOf('/connector/_oauth_callback_script')).toEqual([
      'GET',
      'HEAD',
      'OPTIONS',
    ]);
  });

  it('returns no method for an unknown path', () => {
    expect(table.methodsOf('/none')).toEqual([]);
  });
});
