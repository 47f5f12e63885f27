import { describe, expect, it } from 'vitest';
import { revocationOf } from './use_revocation.ts';

const ALL = { connectorId: undefined, userId: undefined, search: '', status: undefined };
const NAMES = { connector: 'Drive', user: 'ana' };

describe('the mass revocation of a filter', () => {
  it('ends the authorizations of one connector, of one user, or all, as the filter selects', () => {
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

  it('is not available when a job would end more authorizations than the filter selects', () => {
    expect(revocationOf({ ...ALL, status: 'needs_reauth' }, NAMES)).toBeUndefined();
    expect(revocationOf({ ...ALL, search: 'an' }, NAMES)).toBeUndefined();
    expect(revocationOf({ ...ALL, connectorId: 'drive', userId: 'u_1' }, NAMES)).toBeUndefined();
  });
});
