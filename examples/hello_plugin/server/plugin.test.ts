import { createCoreSetupMock } from '@latchkey/core/server/harness';
import { createLoggerMock, ManualClock, seededRandomness } from '@latchkey/core/server/mocks';
import { createSecuritySetupMock } from '@latchkey/security-plugin/server/mocks';
import { afterEach, expect, it } from 'vitest';
import { config, plugin } from './index.ts';

const GREET_ANA = { method: 'POST', url: '/api/hello_plugin/greeting/Ana' } as const;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Returns the started plugin behind core's real request guard, with a store in memory. */
async function startedPlugin(settings: object = {}, missingPrivileges: readonly string[] = []) {
  const clock = new ManualClock(new Date('2030-01-01T00:00:00Z'));
  const core = createCoreSetupMock<object, void>({ clock, missingPrivileges });
  closing.push(() => core.close());
  const security = createSecuritySetupMock();
  const created = plugin({
    pluginId: 'helloPlugin',
    config: config.schema.parse(settings),
    env: { mode: 'production', dataPath: '', version: '1.0.0', instanceId: 'i1' },
    logger: createLoggerMock(),
    clock,
    randomness: seededRandomness('helloPlugin'),
  });
  created.setup(core.core, { security });
  await core.start();
  core.provideStartServices({}, created.start());
  return { inject: core.inject, security, clock };
}

it('the example plugin greets a name with the configured greeting', async () => {
  const { inject } = await startedPlugin({ greeting: 'Hi' });
  const { status, body } = await inject(GREET_ANA);
  expect([status, body]).toEqual([200, { message: 'Hi, Ana' }]);
});

it('the example plugin returns the time of the previous greeting', async () => {
  const { inject, clock } = await startedPlugin();
  await inject(GREET_ANA);
  await clock.advance(1000);
  const { body } = await inject(GREET_ANA);
  expect(body).toEqual({ message: 'Hello, Ana', last_greeted_at: '2030-01-01T00:00:00.000Z' });
});

it('the example plugin refuses a user without the privilege of its feature', async () => {
  const { inject, security } = await startedPlugin({}, ['helloPlugin:greet']);
  expect((await inject(GREET_ANA)).status).toBe(403);
  expect(security.features.map(({ privileges }) => privileges.all)).toEqual([
    ['helloPlugin:greet'],
  ]);
});
