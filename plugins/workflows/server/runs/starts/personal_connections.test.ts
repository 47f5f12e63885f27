import { describe, expect, it } from '@jest/globals';
import { attendanceOf } from './personal_connections.ts';

const savedBy = (profileUid: string) => ({
  runsAs: { username: profileUid, profileUid, apiKeyId: null },
});
const run = { profileUid: 'u_ana' };

describe('attendanceOf', () => {
  it('lets a run that its user started by hand use the accounts of the user', () => {
    expect(attendanceOf(savedBy('u_ben'), run)).toEqual({});
  });

  it('lets the own workflow of the user use the accounts without the user', () => {
    expect(attendanceOf(savedBy('u_ana'), { ...run, isUnattended: true })).toEqual({
      isUnattended: true,
    });
  });

  it('refuses the accounts to the workflow of another user, and to all that it starts', () => {
    const refused = attendanceOf(savedBy('u_ben'), { ...run, isUnattended: true });
    expect(refused).toEqual({ isUnattended: true, refusesPersonalConnections: true });
    expect(attendanceOf(savedBy('u_ana'), { ...run, ...refused })).toEqual(refused);
  });
});
