import { describe, expect, it } from 'vitest';
import { grantParams, isFiltered, readGrantFilter } from './grant_filter.ts';

const read = (query: string) => readGrantFilter(new URLSearchParams(query));
const ALL = { connectorId: undefined, userId: undefined, search: '', status: undefined };

describe('the filter of authorizations in the URL', () => {
  it('selects all authorizations, the latest first, when there are no parameters', () => {
    expect(read('')).toEqual({
      ...ALL,
      sort: 'connected_at',
      isAscending: false,
      page: 0,
      pageSize: 25,
    });
  });

  it('can be read from the parameters that links and the page itself write', () => {
    const filter = {
      connectorId: 'drive',
      userId: 'u_1',
      search: 'ana',
      status: 'needs_reauth',
      sort: 'last_used_at',
      isAscending: true,
      page: 2,
      pageSize: 50,
    } as const;
    const entries = Object.entries(grantParams(filter)).map(([name, value]) => [name, value ?? '']);
    expect(readGrantFilter(new URLSearchParams(entries))).toEqual(filter);
  });

  it('ignores parameters with unknown values', () => {
    expect(read('status=x&sort=y&page=-1&size=7')).toEqual(read(''));
  });

  it('has the last page that the server accepts when the number is larger', () => {
    expect(read('page=99999')).toMatchObject({ page: 399, pageSize: 25 });
  });

  it('tells if it excludes any authorization', () => {
    expect([read(''), read('q=an'), read('status=connected')].map(isFiltered)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('goes to the first page after every change except a change of the page', () => {
    expect(grantParams({ status: 'connected' })).toEqual({ status: 'connected', page: undefined });
    expect(grantParams({ page: 1 })).toEqual({ page: '2' });
  });
});
