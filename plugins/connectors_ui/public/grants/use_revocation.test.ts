import { describe, expect, it } from 'vitest';
import { revocationOf } from './use_revocation.ts';

const ALL = { connectorId: undefined, userId: undefined, search: '', status: undefined };

describe('the mass revocation of a filter', () => {
  it('ends the authorizations of one connector, of one user, or all, as the filter selects', () => {
    expect(revocationOf({ ...ALL, connectorId: 'drive' })).toEqual({
      type: 'connector',
      connector_id: 'drive',
    });
    expect(revocationOf({ ...ALL, userId: 'u_1' })).toEqual({ type: 'user', profile_uid: 'u_1' });
    expect(revocationOf(ALL)).toEqual({ type: 'all' });
  });

  it('is not available when a job would end more authorizations than the filter selects', () => {
    expect(revocationOf({ ...ALL, status: 'needs_reauth' })).toBeUndefined();
    expect(revocationOf({ ...ALL, search: 'an' })).toBeUndefined();
    expect(revocationOf({ ...ALL, connectorId: 'drive', userId: 'u_1' })).toBeUndefined();
  });
});
