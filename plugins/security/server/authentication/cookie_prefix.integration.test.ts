import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  newFolder,
  removeFolder,
  type SecurityServer,
  startSecurityServer,
} from '../security_plugin.mock.ts';

const ME = { method: 'GET', url: '/internal/security/me' } as const;
const PREFIXED = '__Host-sid';

let folder: string;
let server: SecurityServer;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  await server.stop();
  await removeFolder(folder);
});

const start = async (publicBaseUrl: string) => {
  server = await startSecurityServer({ folder, publicBaseUrl });
  return server;
};

const statusWith = async (cookie: string) =>
  (await server.client().send({ ...ME, headers: { cookie } })).status;

describe('the session cookie on https', () => {
  it('has the prefix __Host-, and is not accepted without it', async () => {
    await start('https://latchkey.example.com');
    const client = await server.signIn();
    const sessionId = client.cookie(PREFIXED);
    expect(client.cookie('sid')).toBeUndefined();
    expect((await client.send(ME)).status).toBe(200);
    // Login CSRF: a sibling subdomain signs in with the attacker's account and sets this session
    // cookie.
    expect(await statusWith(`sid=${sessionId}`)).toBe(401);
    expect(await statusWith(`sid=planted; ${PREFIXED}=${sessionId}`)).toBe(200);
  });

  it('is accepted without the prefix when an older build set it, and signing out removes it', async () => {
    // Older builds set the cookie without a prefix and create ids without a mark. Servers on plain
    // http still do.
    await start('http://localhost:5601');
    const former = (await server.signIn()).sessionId;
    await server.stop();
    await start('https://latchkey.example.com');
    const cookie = `sid=${former}`;
    expect(await statusWith(cookie)).toBe(200);
    const request = { method: 'POST', url: '/internal/security/logout' } as const;
    const { cookies } = await server.client().send({ ...request, headers: { cookie } });
    expect(cookies.map(({ name, value }) => [name, value])).toEqual([
      [PREFIXED, ''],
      ['sid', ''],
    ]);
    expect(await statusWith(cookie)).toBe(401);
  });

  it('has no prefix on plain http', async () => {
    await start('http://localhost:5601');
    const client = await server.signIn();
    expect(client.sessionId).toMatch(/^[\w-]{43}$/);
    expect(client.cookie(PREFIXED)).toBeUndefined();
  });
});
