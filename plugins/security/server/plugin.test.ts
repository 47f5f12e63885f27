import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type SecurityServer, startSecurityServer } from './security_plugin.mock.ts';

const ME = { method: 'GET', url: '/internal/security/me' } as const;

describe('security plugin', () => {
  let server: SecurityServer;
  beforeEach(async () => {
    server = await startSecurityServer({
      beforeStart: (setup) =>
        setup.registerFeature({
          id: 'actions',
          name: 'Actions',
          privileges: { all: ['actions:save', 'actions:execute'], read: ['actions:execute'] },
        }),
    });
  });
  afterEach(() => server.stop());

  it('signs in the first administrator and tells who they are', async () => {
    const admin = await server.signIn();
    const me = await admin.send<Record<string, unknown>>(ME);
    expect(me.status).toBe(200);
    expect(me.body).toMatchObject({
      username: 'elastic',
      roles: ['superuser'],
      authentication_type: 'realm',
      privileges: ['actions:execute', 'actions:save', 'security:manage'],
    });
    expect(me.body['profile_uid']).toMatch(/^u_[A-Za-z0-9_-]{43}_0$/);
  });
});
