import { afterEach, describe, expect, it } from '@jest/globals';
import { aPrincipal, createLoggerMock } from '@latchkey/core/server/mocks';
import { loginRequest, type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';
import { AuditLog } from './audit_log.ts';

describe('AuditLog', () => {
  it('writes who did what where, in ECS names, to a logger of its own', () => {
    const logger = createLoggerMock('plugins.security');
    new AuditLog({ logger: logger.get('audit'), enabled: true }).log(
      aPrincipal({ spaceId: 'sales' }),
      {
        action: 'connector_execute',
        outcome: 'failure',
        message: 'connector_execute of connector [c-1]',
        savedObject: { type: 'action', id: 'c-1' },
        subjectProfileUid: 'u_ben',
        errorCode: 'forbidden',
      },
    );
    expect(logger.lines).toEqual([
      {
        logger: 'plugins.security.audit',
        level: 'info',
        message: 'connector_execute of connector [c-1]',
        meta: {
          'event.action': 'connector_execute',
          'event.outcome': 'failure',
          'kibana.space_id': 'sales',
          'kibana.saved_object': { type: 'action', id: 'c-1' },
          'user.name': 'ana',
          'user.id': 'u_ana',
          'user.authentication_type': 'session',
          'user.target.id': 'u_ben',
          'trace.id': 'req-1',
          'error.code': 'forbidden',
        },
      },
    ]);
  });

  it('is silent when switched off', () => {
    const logger = createLoggerMock();
    const audit = new AuditLog({ logger, enabled: false });
    audit.log(aPrincipal(), { action: 'a', outcome: 'success', message: 'm' });
    expect(logger.lines).toEqual([]);
  });
});

describe('audit of the security plugin', () => {
  let server: SecurityServer;
  afterEach(() => server.stop());

  const events = () =>
    server.logger.lines
      .filter(({ logger }) => logger === 'plugins.security.audit')
      .map(({ meta }) => [
        meta?.['event.action'],
        meta?.['event.outcome'],
        meta?.['user.name'],
        meta?.['error.code'],
      ]);

  it('tells logins, logouts, refusals and changes of people, roles and keys', async () => {
    server = await startSecurityServer();
    const admin = await server.signIn();
    const users = '/internal/security/users';
    await admin.send({
      method: 'POST',
      url: `${users}/ben`,
      body: { password: 'benpass', roles: [] },
    });
    await admin.send({ method: 'DELETE', url: `${users}/elastic` });
    await admin.send({ method: 'PUT', url: '/api/security/role/r', body: {} });
    await admin.send({ method: 'POST', url: '/internal/security/api_key', body: { name: 'k' } });
    const ben = await server.signIn('ben', 'benpass');
    await ben.send({ method: 'GET', url: users });
    await ben.send({ method: 'POST', url: '/internal/security/logout' });
    await server.client().send(loginRequest('ben', 'wrong'));
    await server.client().send(loginRequest('my-password-by-mistake', 'x'));
    await server.client().send({
      method: 'GET',
      url: '/internal/security/me',
      headers: server.basic('ben', 'wrong'),
    });
    expect(events()).toEqual([
      ['user_login', 'success', 'elastic', undefined],
      ['user_save', 'success', 'elastic', undefined],
      ['user_delete', 'failure', 'elastic', 'last_superuser'],
      ['role_save', 'success', 'elastic', undefined],
      ['api_key_create', 'success', 'elastic', undefined],
      ['user_login', 'success', 'ben', undefined],
      ['http_authorization', 'failure', 'ben', 'forbidden'],
      ['user_logout', 'success', 'ben', undefined],
      ['user_login', 'failure', 'ben', 'login_failed'],
      ['user_login', 'failure', undefined, 'login_failed'],
      ['user_authentication', 'failure', 'ben', 'login_failed'],
    ]);
  });

  it('E63: holds no password, session id, cookie or key, in any line', async () => {
    server = await startSecurityServer();
    const client = await server.signIn('elastic', 'changeme');
    const password = 'canary-of-a-password';
    const url = '/internal/security/users/ben';
    await client.send({ method: 'POST', url, body: { password, roles: [] } });
    const key = await client.send<{ api_key: string; encoded: string }>({
      method: 'POST',
      url: '/internal/security/api_key',
      body: { name: 'k' },
    });
    await server.client().send(loginRequest('ben', `${password}-wrong`));
    const written = JSON.stringify(server.logger.lines);
    for (const secret of [password, client.sessionId, key.body.api_key, key.body.encoded]) {
      expect(secret).toBeTruthy();
      expect(written).not.toContain(secret);
    }
  });
});
