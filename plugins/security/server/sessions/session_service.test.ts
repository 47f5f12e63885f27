import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';
import { SessionService } from './session_service.ts';
import { SessionStore } from './session_store.ts';

let server: SecurityServer;
let sessions: SessionService;
let id: string;

beforeEach(async () => {
  server = await startSecurityServer();
  id = (await server.signIn()).sessionId ?? '';
  sessions = new SessionService({
    store: new SessionStore(() => server.repository),
    directory: { findActive: async () => undefined },
    clock: server.clock,
    randomness: systemRandomness,
    logger: createLoggerMock(),
    isCookiePrefixed: false,
    idleTimeoutMs: 3_600_000,
    lifespanMs: 36_000_000,
    maxPerUser: 100,
    cacheMs: 2000,
  });
});
afterEach(() => server.stop());

const readSession = async () => {
  const session = await sessions.read(id);
  if (session === undefined) throw new Error('the session does not exist');
  return session;
};

it('a session gets no successor when a logout ended it after it was read', async () => {
  const session = await readSession();
  await sessions.end(id);
  expect(await sessions.succeed(session, 'new-epoch')).toBeUndefined();
  expect((await server.repository.find({ type: 'session' })).total).toBe(0);
});

it('a session gets only one successor when two requests ask for one at the same time', async () => {
  const session = await readSession();
  const successors = await Promise.all([
    sessions.succeed(session, 'new-epoch'),
    sessions.succeed(session, 'new-epoch'),
  ]);
  expect(successors.filter((successor) => successor !== undefined)).toHaveLength(1);
});

it('the successor of a session keeps the login and the end of the session', async () => {
  const before = await readSession();
  await server.clock.advance(1_800_000);
  const successor = await sessions.read((await sessions.succeed(before, 'new-epoch')) ?? '');
  const { createdAt, expiresAt } = before;
  expect(successor).toMatchObject({ createdAt, expiresAt, epoch: 'new-epoch' });
});

it.each(['', 'x', '../user', `v3.${'a'.repeat(43)}`])(
  'the malformed id %o has no session',
  async (malformed) => {
    expect(await sessions.read(malformed)).toBeUndefined();
  },
);
