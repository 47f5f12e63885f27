import { expect, it } from 'vitest';
import { newFolder, removeFolder, startSecurityServer } from '../security_plugin.mock.ts';

const ME = { method: 'GET', url: '/internal/security/me' } as const;

it('a session ends in every process within two seconds of a logout', async () => {
  const folder = await newFolder();
  const one = await startSecurityServer({ folder });
  const two = await startSecurityServer({ folder });
  try {
    const client = await one.signIn();
    const cookie = `sid=${client.sessionId}`;
    expect((await two.client().send({ ...ME, headers: { cookie } })).status).toBe(200);
    await client.send({ method: 'POST', url: '/internal/security/logout' });
    await two.clock.advance(2000);
    expect((await two.client().send({ ...ME, headers: { cookie } })).status).toBe(401);
  } finally {
    await two.stop();
    await one.stop();
    await removeFolder(folder);
  }
});

it('an ended session gets no successor in a process that still has the session in its cache', async () => {
  const folder = await newFolder();
  const one = await startSecurityServer({ folder });
  const two = await startSecurityServer({ folder });
  try {
    const owner = await one.signIn();
    const thief = await two.signIn();
    expect((await thief.send(ME)).status).toBe(200);
    const end = { method: 'POST', url: '/internal/security/sessions/_end' } as const;
    expect((await owner.send({ ...end, body: { sessions: 'others' } })).status).toBe(204);
    const cached = await thief.send(ME);
    expect(cached.status).toBe(200);
    for (const sessions of ['others', 'all']) {
      expect(await thief.send({ ...end, body: { sessions } })).toMatchObject({
        status: 401,
        body: { attributes: { code: 'session_ended' } },
      });
    }
    const password = { password: 'changeme', newPassword: 'another-password' };
    const url = '/internal/security/users/elastic/password';
    await thief.send({ method: 'POST', url, body: password });
    expect(thief.sessionId).toBeUndefined();
    expect((await one.repository.find({ type: 'session' })).total).toBeLessThanOrEqual(1);
    await two.clock.advance(2000);
    expect((await thief.send(ME)).status).toBe(401);
  } finally {
    await two.stop();
    await one.stop();
    await removeFolder(folder);
  }
});
