import { expect, it } from '@jest/globals';
import { newFolder, removeFolder, startSecurityServer } from '../security_plugin.mock.ts';

const ME = { method: 'GET', url: '/internal/security/me' } as const;

it('ends a session in every process within two seconds of a logout', async () => {
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
