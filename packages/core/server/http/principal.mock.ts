import type { AuthenticatedUser, Principal } from './types.ts';

/** A signed-in person for tests; override what matters. */
export const anAuthenticatedUser = (over: Partial<AuthenticatedUser> = {}): AuthenticatedUser => ({
  username: 'ana',
  profileUid: 'u_ana',
  roles: ['editor'],
  authenticationType: 'session',
  ...over,
});

/** Ana in the default space, unless overridden. */
export const aPrincipal = (over: Partial<Principal> = {}): Principal => ({
  user: anAuthenticatedUser(),
  spaceId: 'default',
  requestId: 'req-1',
  ...over,
});
