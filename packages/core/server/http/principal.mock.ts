import type { AuthenticatedUser, Principal } from './types.ts';

/** A signed-in user for tests, with overrides. */
export const anAuthenticatedUser = (over: Partial<AuthenticatedUser> = {}): AuthenticatedUser => ({
  username: 'ana',
  profileUid: 'u_ana',
  roles: ['editor'],
  authenticationType: 'session',
  ...over,
});

/** A principal with the user Ana in the default space, with overrides. */
export const aPrincipal = (over: Partial<Principal> = {}): Principal => ({
  user: anAuthenticatedUser(),
  spaceId: 'default',
  requestId: 'req-1',
  ...over,
});
