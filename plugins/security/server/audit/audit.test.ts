import {
  type Clock,
  type DedicatedLogger,
  LineLimiter,
  type Principal,
} from '@latchkey/core/server';
import {
  anAuthenticatedUser,
  aPrincipal,
  createLoggerMock,
  ManualClock,
} from '@latchkey/core/server/mocks';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { loginRequest, type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';
import type { AuditEvent } from '../types.ts';
import { AuditLog } from './audit_log.ts';
import { createAuditLogger } from './audit_logger.ts';

const anAuditLog = (
  logger: DedicatedLogger,
  { enabled = true, clock = new ManualClock() }: { enabled?: boolean; clock?: Clock } = {},
) => new AuditLog({ logger, enabled, limiter: new LineLimiter(clock) });

describe('the audit log', () => {
  it('writes actor, action and space to its own logger, in ECS fields', () => {
    const logger = createLoggerMock('plugins.security');
    anAuditLog(logger.get('audit')).log(
      aPrincipal({ spaceId: 'sales', remoteAddress: '192.0.2.7' }),
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
          'source.ip': '192.0.2.7',
          'trace.id': 'req-1',
          'error.code': 'forbidden',
        },
      },
    ]);
  });

  it('writes the same fields for events with `mayWait`, whatever events were written before', () => {
    const savedObject = (type: string, id: string) => ({ event: { savedObject: { type, id } } });
    // Each event differs from the first one in one property.
    const change = fc.constantFrom<{
      readonly event?: Partial<AuditEvent>;
      readonly user?: Partial<NonNullable<Principal['user']>>;
      readonly principal?: Partial<Principal>;
    }>(
      {},
      { event: { action: 'y' } },
      { event: { message: 'n' } },
      { event: { outcome: 'unknown' } },
      { event: { errorCode: 'a' } },
      { event: { subjectProfileUid: 'a' } },
      savedObject('t', '1'),
      savedObject('t', '2'),
      savedObject('u', '1'),
      { user: { username: 'ben' } },
      { user: { profileUid: 'u_2' } },
      { user: { authenticationType: 'api_key' } },
      { user: { apiKeyId: 'a' } },
      { user: { apiKeyName: 'a' } },
      { principal: { spaceId: 'sales' } },
      { principal: { requestId: 'a' } },
      { principal: { remoteAddress: '192.0.2.1' } },
      { principal: { user: undefined } },
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40, size: 'max' }), (changes) => {
        const [ordinary, prepared] = [createLoggerMock(), createLoggerMock()];
        const [audit, batched] = [anAuditLog(ordinary), anAuditLog(prepared)];
        for (const { event, user, principal } of changes) {
          const caller = aPrincipal({ user: anAuthenticatedUser(user), ...principal });
          const happened = { action: 'x', message: 'm', outcome: 'success', ...event } as const;
          audit.log(caller, happened);
          batched.log(caller, { ...happened, mayWait: true });
        }
        expect(prepared.lines).toEqual(ordinary.lines);
      }),
    );
  });

  it('writes nothing when it is disabled', () => {
    const logger = createLoggerMock();
    const audit = anAuditLog(logger, { enabled: false });
    audit.log(aPrincipal(), { action: 'a', outcome: 'success', message: 'm' });
    expect(logger.lines).toEqual([]);
  });
});

describe('failed requests of callers without credentials', () => {
  const failure = {
    action: 'user_authentication',
    outcome: 'failure',
    message: 'Credentials were refused',
    errorCode: 'login_failed',
  } as const;
  const anonymous = { user: undefined, spaceId: 'default' };

  it('are written up to a limit per network and minute, and are only counted above it', async () => {
    const logger = createLoggerMock();
    const clock = new ManualClock();
    const audit = anAuditLog(logger, { clock });
    const attack = { ...anonymous, remoteAddress: '2001:db8::1' };
    for (let i = 0; i < 10_000; i += 1) audit.log(attack, failure);
    audit.log({ ...anonymous, remoteAddress: '192.0.2.7' }, failure);
    expect(logger.lines).toHaveLength(21);
    expect(logger.lines.at(-1)?.meta).toMatchObject({ 'source.ip': '192.0.2.7' });
    await clock.advance(60_000);
    expect(logger.lines).toHaveLength(22);
    expect(logger.lines.at(-1)).toMatchObject({
      message: expect.stringContaining('9980 more events like this from 2001:db8::'),
      meta: { 'event.outcome': 'failure', 'latchkey.audit.count': 9_980 },
    });
  });

  it('are written for each existing username, although the network has reached its limit', async () => {
    const logger = createLoggerMock();
    const clock = new ManualClock();
    const audit = anAuditLog(logger, { clock });
    const attack = { ...anonymous, remoteAddress: '192.0.2.7' };
    for (let i = 0; i < 500; i += 1) audit.log(attack, failure);
    for (let i = 0; i < 9; i += 1) audit.log(attack, { ...failure, username: 'norole' });
    const named = () => logger.lines.filter(({ meta }) => meta?.['user.name'] === 'norole');
    expect(named()).toHaveLength(9);
    for (let i = 0; i < 100; i += 1) audit.log(attack, { ...failure, username: 'norole' });
    await clock.advance(60_000);
    expect(named()).toHaveLength(21);
    expect(named().at(-1)).toMatchObject({
      message: expect.stringContaining('89 more events like this of user [norole] from 192.0.2.7'),
      meta: { 'latchkey.audit.count': 89 },
    });
  });

  it.each([
    ['of background work', anonymous, failure],
    [
      'that are not failures',
      { ...anonymous, remoteAddress: '192.0.2.7' },
      { ...failure, outcome: 'success' as const },
    ],
  ])('do not limit other events, which are all written: events %s', (_, principal, event) => {
    const logger = createLoggerMock();
    const audit = anAuditLog(logger);
    for (let i = 0; i < 100; i += 1) audit.log(principal, event);
    expect(logger.lines).toHaveLength(100);
  });
});

describe('failed requests of signed-in users', () => {
  const refused = {
    action: 'http_authorization',
    outcome: 'failure',
    message: 'A request lacked [x]',
    errorCode: 'forbidden',
  } as const;
  const at = (address: string, username = 'ana') =>
    aPrincipal({ user: { ...aPrincipal().user, username } as never, remoteAddress: address });

  it('are written up to a limit per user and minute over all addresses, and are only counted above it', async () => {
    const logger = createLoggerMock();
    const clock = new ManualClock();
    const audit = anAuditLog(logger, { clock });
    for (let i = 0; i < 2000; i += 1) audit.log(at(`192.0.2.${i % 250}`), refused);
    audit.log(at('192.0.2.7', 'ben'), refused);
    expect(logger.lines).toHaveLength(21);
    await clock.advance(60_000);
    expect(logger.lines).toHaveLength(22);
    expect(logger.lines.at(-1)).toMatchObject({
      message: expect.stringContaining('1980 more events like this of user [ana] in the last'),
      meta: { 'user.name': 'ana', 'error.code': 'forbidden', 'latchkey.audit.count': 1980 },
    });
  });

  it('do not suppress events about changes by the same user', () => {
    const logger = createLoggerMock();
    const audit = anAuditLog(logger);
    for (let i = 0; i < 100; i += 1) {
      audit.log(at('192.0.2.7'), { ...refused, action: 'role_save' });
      audit.log(at('192.0.2.7'), { action: 'role_save', outcome: 'success', message: 'm' });
    }
    const written = logger.lines.filter(({ meta }) => meta?.['event.outcome'] === 'success');
    expect(written).toHaveLength(100);
  });
});

describe('the logger of audit events', () => {
  const create = (over: { enabled?: boolean; level?: string; isLogSilent?: boolean } = {}) => {
    const logger = createLoggerMock();
    const printed: string[] = [];
    const isLevelEnabled = (level: string) => level === 'info' && over.level !== 'off';
    createAuditLogger(
      { createDedicatedLogger: () => ({ ...createLoggerMock(), isLevelEnabled }) },
      {
        enabled: over.enabled ?? true,
        logger: { ...logger, isLevelEnabled: () => over.isLogSilent !== true },
        print: (line) => printed.push(line),
      },
    );
    return { warnings: logger.lines.map(({ message }) => message), printed };
  };

  it('warns when audit events are disabled, or would not be written', () => {
    expect(create().warnings).toEqual([]);
    expect(create({ enabled: false }).warnings).toEqual([
      expect.stringContaining('[xpack.security.audit.enabled] is false'),
    ]);
    expect(create({ level: 'off' }).warnings).toEqual([
      expect.stringContaining('Audit events are not written'),
    ]);
  });

  it('warns on the console when the log does not write warnings', () => {
    const { warnings, printed } = create({ level: 'off', isLogSilent: true });
    expect([warnings, printed.length]).toEqual([[], 1]);
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

  it('records logins, logouts, refusals and changes of users, roles and keys', async () => {
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

  it('names the API key with which a request was made', async () => {
    server = await startSecurityServer();
    const admin = await server.signIn();
    const key = await admin.send<{ id: string; encoded: string }>({
      method: 'POST',
      url: '/internal/security/api_key',
      body: { name: 'nightly job' },
    });
    const headers = { authorization: `ApiKey ${key.body.encoded}` };
    await server.client().send({ method: 'GET', url: '/internal/security/users', headers });
    expect(server.logger.lines.at(-1)?.meta).toMatchObject({
      'user.name': 'elastic',
      'user.authentication_type': 'api_key',
      'apikey.id': key.body.id,
      'apikey.name': 'nightly job',
    });
  });

  it('contains the client address of every request', async () => {
    server = await startSecurityServer();
    const admin = await server.signIn();
    const ben = { password: 'benpass', roles: [] };
    const remoteAddress = '192.0.2.7';
    await admin.send({
      method: 'POST',
      url: '/internal/security/users/ben',
      body: ben,
      remoteAddress,
    });
    await admin.send({ method: 'PUT', url: '/api/security/role/r', body: {}, remoteAddress });
    await admin.send({ method: 'POST', url: '/internal/security/logout', remoteAddress });
    const lines = server.logger.lines.filter(({ logger }) => logger === 'plugins.security.audit');
    expect(lines.map(({ meta }) => meta?.['source.ip'])).toEqual([
      '127.0.0.1',
      remoteAddress,
      remoteAddress,
      remoteAddress,
    ]);
  });

  it('E63: contains no password, session id, cookie or key in any line', async () => {
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
