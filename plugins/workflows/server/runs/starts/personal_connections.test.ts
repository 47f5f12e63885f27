import { describe, expect, it } from 'vitest';
import { attendanceOf } from './personal_connections.ts';

const savedBy = (profileUid: string, apiKeyId: string | null = null) => ({
  runsAs: { username: profileUid, profileUid, apiKeyId },
});
const run = { profileUid: 'u_ana', apiKeyId: null };

describe('attendanceOf', () => {
  it("lets a run use the user's accounts when the user started it by hand", () => {
    expect(attendanceOf(savedBy('u_ben'), run)).toEqual({});
  });

  it("lets the user's own workflow use the accounts when no user started the run", () => {
    expect(attendanceOf(savedBy('u_ana'), { ...run, isUnattended: true })).toEqual({
      isUnattended: true,
    });
  });

  it("refuses the accounts to another user's workflow, and to all runs that it starts", () => {
    const refused = attendanceOf(savedBy('u_ben'), { ...run, isUnattended: true });
    expect(refused).toEqual({ isUnattended: true, refusesPersonalConnections: true });
    expect(attendanceOf(savedBy('u_ana'), { ...run, ...refused })).toEqual(refused);
  });

  it('F151: refuses the accounts to a workflow that an API key saved, unless the run uses the same key', () => {
    const unattended = { ...run, isUnattended: true };
    const saved = savedBy('u_ana', 'key-1');
    expect(attendanceOf(saved, unattended).refusesPersonalConnections).toBe(true);
    expect(attendanceOf(saved, { ...unattended, apiKeyId: 'key-1' })).toEqual({
      isUnattended: true,
    });
  });
});
