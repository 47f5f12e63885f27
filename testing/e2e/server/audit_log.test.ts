import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aDataPath,
  type ServerProcess,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import { afterAll, describe, expect, it } from 'vitest';

afterAll(stopEverything);

const PASSWORD = 'an-administrator-for-tests-only';
/** Number of failures of one network that are written per minute. Further ones are counted. */
const PER_MINUTE = 20;

const production = (dataPath: string, settings: object = {}): Promise<ServerProcess> =>
  startServer({
    dataPath,
    mode: 'production',
    settings: {
      'xpack.encryptedSavedObjects.encryptionKey': 'an-encryption-key-for-tests-only-0123456789',
      'xpack.security.initialAdminPassword': PASSWORD,
      ...settings,
    },
  });

interface Event {
  readonly 'event.action'?: string;
  readonly 'event.outcome'?: string;
  readonly 'source.ip'?: string;
  readonly 'trace.id'?: string;
}

const linesOf = (text: string): Event[] =>
  text
    .split('\n')
    .filter((line) => line.includes('plugins.security.audit'))
    .map((line) => JSON.parse(line));

const actionsOf = (text: string): unknown[] =>
  linesOf(text).map((line) => [line['event.action'], line['event.outcome']]);

/** Creates a superuser, rotates keys and fails a login. */
async function causeAuditEvents(server: ServerProcess): Promise<void> {
  const admin = new TestUser({ username: 'elastic', password: PASSWORD });
  const guesser = new TestUser({ username: 'elastic', password: 'a-guess' });
  const eve = { password: 'another-password', roles: ['superuser'] };
  for (const [user, route, body] of [
    [admin, 'POST /internal/security/users/eve', eve],
    [admin, 'POST /api/encrypted_saved_objects/_rotate_key'],
    [admin, 'GET /api/encrypted_saved_objects/_key_usage'],
    [guesser, 'GET /internal/security/me'],
  ] as const) {
    await user.callWithPassword(server, route, body, { 'x-request-id': 'forged-by-a-client' });
  }
}

const EXPECTED = [
  ['user_save', 'success'],
  ['encryption_key_rotate', 'unknown'],
  ['encryption_key_rotate', 'success'],
  ['encryption_key_usage', 'unknown'],
  ['encryption_key_usage', 'success'],
  ['user_authentication', 'failure'],
];

describe('the audit log', () => {
  it.each(['warn', 'off'])('is written while logging.root.level is %s', async (level) => {
    const server = await production(aDataPath(), { 'logging.root.level': level });
    await causeAuditEvents(server);
    await server.stop();
    expect(actionsOf(server.output())).toEqual(EXPECTED);
    for (const line of linesOf(server.output())) {
      expect(line['source.ip']).toMatch(/^(::ffff:)?127\.0\.0\.1$|^::1$/);
      expect(line['trace.id']).not.toBe('forged-by-a-client');
    }
  });

  it('goes to a file that only its owner can read, even when others could read it before', async () => {
    const dataPath = aDataPath();
    const fileName = join(dataPath, 'audit.log');
    writeFileSync(fileName, '');
    chmodSync(fileName, 0o644);
    const server = await production(dataPath, {
      'xpack.security.audit.appender': { type: 'rolling-file', fileName },
    });
    await causeAuditEvents(server);
    await server.stop();
    expect(actionsOf(readFileSync(fileName, 'utf8'))).toEqual(EXPECTED);
    expect(actionsOf(server.output())).toEqual([]);
    expect(statSync(fileName).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['switched off', { 'xpack.security.audit.enabled': false }],
    ['silenced', { logging: { loggers: [{ name: 'plugins.security.audit', level: 'off' }] } }],
  ])('causes a warning at start when it is %s', async (_, settings) => {
    const server = await production(aDataPath(), settings);
    await server.waitForOutput('Audit events are not written');
    await server.stop();
  });

  it('stays bounded while a client without an account sends many requests', async () => {
    const server = await production(aDataPath());
    const client = new TestUser({ username: '', password: '' });
    const headers = { authorization: 'ApiKey bm9ib2R5Om5vdGhpbmc=' };
    const me = { method: 'GET', path: '/internal/security/me', headers };
    for (let i = 0; i < 200; i += 1) await client.call(server, me);
    await server.stop();
    // There is one count per minute, and a busy machine needs several minutes for these requests.
    const counts = [...server.output().matchAll(/(\d+) more events like this/g)].map(([, count]) =>
      Number(count),
    );
    const written = linesOf(server.output()).filter((line) => line['source.ip'] !== undefined);
    expect(counts).not.toEqual([]);
    expect(written.length).toBeLessThanOrEqual(PER_MINUTE * (counts.length + 1));
    const all = counts.reduce((sum, count) => sum + count, written.length);
    expect(all).toBeGreaterThanOrEqual(180);
  });
});
