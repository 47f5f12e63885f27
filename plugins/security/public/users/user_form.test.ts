import { describe, expect, it } from 'vitest';
import { existingUserForm, newUserForm, type UserView, userBody, userValues } from './user_form.ts';

const aUser: UserView = {
  username: 'ben',
  roles: ['viewer'],
  full_name: 'Ben Support',
  email: null,
  metadata: { team: 'support' },
  enabled: false,
  last_login: null,
  version: 'v1',
  profile_uid: 'u_ana',
};

describe('the form of a user', () => {
  it('keeps stored members of a user that it does not show, and sends no password of an existing user', () => {
    expect(userBody({ ...userValues(aUser), roles: ['editor'] }, aUser)).toEqual({
      roles: ['editor'],
      full_name: 'Ben Support',
      metadata: { team: 'support' },
      enabled: false,
    });
  });

  it('creates an enabled user with the password', () => {
    const values = { ...userValues(undefined), username: 'cara', password: 'a long password' };
    expect(userBody(values, undefined)).toEqual({
      roles: [],
      password: 'a long password',
      enabled: true,
    });
  });

  it.each([
    ['a name with a colon', { username: 'a:b' }, 'username'],
    ['an empty name', { username: ' ' }, 'username'],
    ['a short password', { password: 'short' }, 'password'],
    ['an address without a host', { email: 'ana@' }, 'email'],
    ['a full name that changes the direction', { fullName: 'Ana \u202egnal' }, 'characters'],
    ['an overlong full name', { fullName: 'x'.repeat(257) }, 'tooLong'],
  ])('refuses %s', (_, changes, message) => {
    const values = { ...userValues(undefined), username: 'cara', password: 'a long password' };
    expect(newUserForm.safeParse(values).success).toBe(true);
    const result = newUserForm.safeParse({ ...values, ...changes });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it('needs no password when the user exists', () => {
    expect(existingUserForm.safeParse(userValues(aUser)).success).toBe(true);
  });
});
