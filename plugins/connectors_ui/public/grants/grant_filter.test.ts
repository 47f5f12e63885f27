import { describe, expect, it } from '@jest/globals';
import { grantParams, readGrantFilter, revocationOf } from './grant_filter.ts';

const read = (query: string) => readGrantFilter(new URLSearchParams(query));
const ALL = { connectorId: undefined, userId: undefined, status: undefined };
const NAMES = { connector: 'Drive', user: 'ana' };

describe('the filter of authorizations in the URL', () => {
  it('selects all, the latest first, without parameters', () => {
    expect(read('')).toEqual({
      ...ALL,
      sort: 'connected_at',
      isAscending: false,
      page: 0,
      pageSize: 25,
    });
  });

  it('reads what links and the page itself write', () => {
    const filter = {
      connectorId: 'drive',
      userId: 'u_1',
      status: 'needs_reauth',
      sort: 'last_used_at',
      isAscending: true,
      page: 2,
      pageSize: 50,
    } as const;
    const entries = Object.entries(grantParams(filter)).map(([name, value]) => [name, value ?? '']);
    expect(readGrantFilter(new URLSearchParams(entries))).toEqual(filter);
  });

  it('ignores values that do not exist', () => {
    expect(read('status=x&sort=y&page=-1&size=7')).toEqual(read(''));
  });

  it('begins at the first page after every change but that of the page', () => {
    expect(grantParams({ status: 'connected' })).toEqual({ status: 'connected', page: undefined });
    expect(grantParams({ page: 1 })).toEqual({ page: '2' });
  });
});

describe('the mass revocation of a filter', () => {
  it('ends those of one connector, of one user or of all', () => {
    expect(revocationOf({ ...ALL, connectorId: 'drive' }, NAMES)).toEqual({
      scope: { type: 'connector', connector_id: 'drive' },
      name: 'Drive',
    });
    expect(revocationOf({ ...ALL, userId: 'u_1' }, NAMES)).toEqual({
      scope: { type: 'user', profile_uid: 'u_1' },
      name: 'ana',
    });
    expect(revocationOf(ALL, NAMES)?.scope).toEqual({ type: 'all' });
  });

  it('does not exist where a job would end more than the filter selects', () => {
    expect(revocationOf({ ...ALL, status: 'needs_reauth' }, NAMES)).toBeUndefined();
    expect(revocationOf({ ...ALL, connectorId: 'drive', userId: 'u_1' }, NAMES)).toBeUndefined();
  });
});
