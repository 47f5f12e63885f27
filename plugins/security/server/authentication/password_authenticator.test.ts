import { createLoggerMock, ManualClock, seededRandomness } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import { PasswordHasher, VerifiedPasswords } from '../passwords/index.ts';
import type { VersionedUser } from '../users/index.ts';
import { PasswordAuthenticator } from './password_authenticator.ts';

const PASSWORD = 'a-password-7c41';
const CREDENTIALS = {
  username: 'ana',
  password: PASSWORD,
  remoteAddress: '127.0.0.1',
  deviceCookie: undefined,
};

/**
 * Creates an authenticator whose password check waits until the test lets it begin, as in a queue.
 */
async function anAuthenticator() {
  const randomness = seededRandomness('passwords');
  const cost = { logN: 4, blockSize: 8, parallelization: 1 };
  const hasher = new PasswordHasher({ randomness, cost });
  const users = new Map<string, VersionedUser>();
  const user: VersionedUser = {
    username: 'ana',
    profileUid: 'u_ana',
    passwordHash: await hasher.hash(PASSWORD),
    sessionEpoch: 'epoch',
    apiKeyEpoch: undefined,
    roles: ['superuser'],
    fullName: undefined,
    email: undefined,
    metadata: {},
    enabled: true,
    version: '1',
  };
  users.set('ana', user);
  const begun = Promise.withResolvers<void>();
  const turn = Promise.withResolvers<void>();
  const attempt = { failed: async () => {}, succeeded: async () => {}, abandoned: () => {} };
  const authenticator = new PasswordAuthenticator({
    store: { get: async (name) => users.get(name) },
    directory: { findActive: async (name) => users.get(name) },
    users: { replaceHash: async () => {} },
    hasher: {
      verify: async (...args) => {
        begun.resolve();
        await turn.promise;
        return hasher.verify(...args);
      },
    },
    verified: new VerifiedPasswords({ clock: new ManualClock(), randomness }),
    throttle: { admits: async () => true, begin: async () => attempt },
    devices: { deviceIdOf: () => undefined },
    logger: createLoggerMock(),
  });
  return { authenticator, users, user, hasher, begun: begun.promise, continue: turn.resolve };
}

it.each([
  ['was deleted', undefined],
  ['was disabled', { enabled: false, sessionEpoch: 'new' }],
  ['has another password', { passwordHash: 'another', sessionEpoch: 'new' }],
  ['is another account', { profileUid: 'u_other' }],
])(
  'F148: a login is refused when its user %s while the password check waited',
  async (_, change) => {
    const { authenticator, users, user, begun, ...rest } = await anAuthenticator();
    const authenticated = authenticator.authenticate(CREDENTIALS);
    await begun;
    if (change === undefined) users.delete('ana');
    else users.set('ana', { ...user, ...change });
    rest.continue();
    await expect(authenticated).rejects.toMatchObject({ code: 'login_failed' });
  },
);

it('F148: a login returns the new roles when roles were removed while the password check waited', async () => {
  const { authenticator, users, user, begun, ...rest } = await anAuthenticator();
  const authenticated = authenticator.authenticate(CREDENTIALS);
  await begun;
  // Ending all sessions changes the epoch, but the password stays valid.
  users.set('ana', { ...user, roles: [], sessionEpoch: 'new' });
  rest.continue();
  expect(await authenticated).toMatchObject({ profileUid: 'u_ana', roles: [] });
});
