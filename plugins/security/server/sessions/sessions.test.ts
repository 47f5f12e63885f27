import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const ME = { method: 'GET', url: '/internal/security/me' } as const;
const HOUR = 3_600_000;

describe('a session', () => {
  let server: SecurityServer;
  let admin: TestClient;
  let ben: TestClient;
  const asAdmin = (method: 'POST' | 'DELETE', path: string, body?: object) =>
    admin.send({
      method,
      url: `/internal/security/users/${path}`,
      ...(body === undefined ? {} : { body }),
    });

  beforeEach(async () => {
    server = await startSecurityServer();
    admin = await server.signIn();
    await asAdmin('POST', 'ben', { password: 'benpass', roles: ['viewer'] });
    ben = await server.signIn('ben', 'benpass');
  });
  afterEach(() => server.stop());

  const stored = async () => (await server.repository.find({ type: 'session' })).savedObjects;

  it('is stored with only a hash of its id', async () => {
    const dump = JSON.stringify(await stored());
    expect(dump).toContain('"username":"ben"');
    expect(dump).not.toContain(ben.sessionId);
  });

  it('ends after the idle timeout, but not while it is used', async () => {
    for (let n = 0; n < 4; n += 1) {
      await server.clock.advance(7 * HOUR);
      expect((await ben.send(ME)).status).toBe(200);
    }
    await server.clock.advance(8 * HOUR);
    expect((await ben.send(ME)).status).toBe(401);
  });

  it('ends after the idle timeout although a page still sends system requests', async () => {
    const polled = { ...ME, headers: { 'kbn-system-request': 'true' } };
    for (let n = 0; n < 7; n += 1) {
      await server.clock.advance(HOUR);
      expect((await ben.send(polled)).status).toBe(200);
    }
    await server.clock.advance(HOUR);
    expect((await ben.send(polled)).status).toBe(401);
    expect((await ben.send(ME)).status).toBe(401);
  });

  it('ends after its lifespan, even while it is used', async () => {
    let hours = 0;
    for (; hours < 30 * 24; hours += 6) {
      expect((await ben.send(ME)).status).toBe(200);
      await server.clock.advance(6 * HOUR);
    }
    await server.clock.advance(1);
    expect((await ben.send(ME)).status).toBe(401);
  });

  it('is not written at every request', async () => {
    const version = async () => (await stored()).map((session) => session.version).sort();
    const before = await version();
    for (let n = 0; n < 5; n += 1) await ben.send(ME);
    expect(await version()).toEqual(before);
    await server.clock.advance(6 * 60_000);
    await Promise.all([ben.send(ME), ben.send(ME), ben.send(ME)]);
    expect(await version()).not.toEqual(before);
  });

  it.each([
    ['disabled', () => asAdmin('POST', 'ben/_disable')],
    ['deleted', () => asAdmin('DELETE', 'ben')],
    [
      'given another password',
      () => asAdmin('POST', 'ben/password', { newPassword: 'other-pass' }),
    ],
  ])('F79: ends immediately when the user is %s', async (_, change) => {
    expect((await ben.send(ME)).status).toBe(200);
    expect((await change()).status).toBe(204);
    expect((await ben.send(ME)).status).toBe(401);
  });

  it('stays ended when its user is enabled again', async () => {
    await asAdmin('POST', 'ben/_disable');
    await asAdmin('POST', 'ben/_enable');
    expect((await ben.send(ME)).status).toBe(401);
    expect((await (await server.signIn('ben', 'benpass')).send(ME)).status).toBe(200);
  });

  it('does not belong to a later account with the same name', async () => {
    await asAdmin('DELETE', 'ben');
    await asAdmin('POST', 'ben', { password: 'benpass2', roles: ['superuser'] });
    expect((await ben.send(ME)).status).toBe(401);
  });

  it('gets a new id in the browser that changed the password, and ends in all others', async () => {
    const phone = await server.signIn('ben', 'benpass');
    const before = ben.sessionId;
    const response = await ben.send({
      method: 'POST',
      url: '/internal/security/users/ben/password',
      body: { password: 'benpass', newPassword: 'better-pass' },
    });
    expect(response.status).toBe(204);
    expect(ben.sessionId).not.toBe(before);
    expect((await ben.send(ME)).status).toBe(200);
    expect((await phone.send(ME)).status).toBe(401);
  });

  it('leaves no document after it has expired', async () => {
    await server.clock.advance(9 * HOUR);
    await server.clock.advance(2 * HOUR);
    expect(await stored()).toHaveLength(0);
  });
});

describe('F146: sessions above the maximum of one user', () => {
  const settings = { session: { concurrentSessions: { maxSessions: 3 } } };

  it('end in the order of their last use, and the login that ends them writes an audit event', async () => {
    const server = await startSecurityServer({ settings });
    try {
      const admin = await server.signIn();
      const ofBen = { password: 'benpass', roles: ['viewer'] };
      await admin.send({ method: 'POST', url: '/internal/security/users/ben', body: ofBen });
      const clients: TestClient[] = [];
      for (let n = 0; n < 3; n += 1) {
        clients.push(await server.signIn('ben', 'benpass'));
        await server.clock.advance(60_000);
      }
      await server.clock.advance(600_000);
      // This request uses the oldest session, so the second one is now the least recently used.
      expect((await clients[0]?.send(ME))?.status).toBe(200);
      const latest = await server.signIn('ben', 'benpass');
      const statuses = [];
      for (const client of [...clients, latest, admin])
        statuses.push((await client.send(ME)).status);
      expect(statuses).toEqual([200, 401, 200, 200, 200]);
      const ends = server.logger.lines.filter(
        ({ meta }) => meta?.['event.action'] === 'session_end',
      );
      expect(ends).toMatchObject([{ meta: { 'user.name': 'ben', 'event.outcome': 'success' } }]);
    } finally {
      await server.stop();
    }
  });

  it('that an older build allowed are ended by later logins, but never the new session', async () => {
    const server = await startSecurityServer({ settings });
    try {
      const admin = await server.signIn();
      // Sessions that were used at the same time would end in any order.
      await server.clock.advance(60_000);
      await server.signIn();
      const { savedObjects } = await server.repository.find<{ readonly lastSeenAt: string }>({
        type: 'session',
      });
      const [latest] = savedObjects
        .map(({ attributes }) => attributes)
        .sort((one, other) => other.lastSeenAt.localeCompare(one.lastSeenAt));
      for (let n = 0; n < 149; n += 1) await server.repository.create('session', { ...latest });
      await server.clock.advance(60_000);
      for (const left of [52, 3]) {
        const client = await server.signIn();
        expect((await client.send(ME)).status).toBe(200);
        expect((await server.repository.find({ type: 'session' })).total).toBe(left);
      }
      expect((await admin.send(ME)).status).toBe(401);
    } finally {
      await server.stop();
    }
  });
});
