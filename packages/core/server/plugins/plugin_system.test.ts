import { beforeEach, describe, expect, it } from 'vitest';
import { createLoggerMock } from '../logging/logger.mock.ts';
import { ManualClock } from '../time/manual_time.mock.ts';
import type { LoadedPlugin } from './load_plugin.ts';
import { PluginSystem, type SharedCoreSetup, type SharedCoreStart } from './plugin_system.ts';
import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from './types.ts';

const core = {} as SharedCoreSetup;
const coreStart = { http: {} } as SharedCoreStart;
let events: string[];
let clock: ManualClock;
beforeEach(() => {
  events = [];
  clock = new ManualClock();
});

/** Creates a plugin that records its lifecycle steps; `over` replaces single steps. */
function aPlugin(
  id: string,
  over: Partial<Plugin> = {},
  requiredPlugins: string[] = [],
): LoadedPlugin {
  const note = (step: string) => (_core: unknown, deps?: object) => {
    events.push(`${id} ${step}${deps === undefined ? '' : ` ${JSON.stringify(deps)}`}`);
    return { [step]: id };
  };
  return {
    id,
    folder: '',
    hasServer: true,
    hasBrowser: false,
    configPath: [id],
    requiredPlugins,
    optionalPlugins: ['absent'],
    config: undefined,
    create: () => ({
      setup: note('setup'),
      start: note('start'),
      stop: () => void events.push(`${id} stop`),
      ...over,
    }),
  };
}

function aSystem(...plugins: LoadedPlugin[]) {
  const logger = createLoggerMock();
  const contextFor = ({ id }: LoadedPlugin) => ({ pluginId: id }) as PluginInitializerContext;
  return { system: new PluginSystem({ plugins, contextFor, logger, clock }), logger };
}

const fail = (): never => {
  throw new Error('it is broken');
};

describe('the plugin system', () => {
  it('sets up all plugins, starts all, then stops in reverse order', async () => {
    const { system } = aSystem(aPlugin('a'), aPlugin('b', {}, ['a']));
    await system.setup(core);
    await system.start(coreStart);
    await system.stop();
    await system.stop();
    expect(events).toEqual([
      'a setup {}',
      'b setup {"a":{"setup":"a"}}',
      'a start {}',
      'b start {"a":{"start":"a"}}',
      'b stop',
      'a stop',
    ]);
  });

  it('resolves allPluginsStarted when all plugins have started', async () => {
    const start = ({ allPluginsStarted }: CoreStart) => {
      allPluginsStarted.then(() => events.push('all started'));
    };
    const { system } = aSystem(aPlugin('a', { start }), aPlugin('b', {}, ['a']));
    await system.setup(core);
    await system.start(coreStart);
    await system.stop();
    expect(events.slice(2, 4)).toEqual(['b start {}', 'all started']);
  });

  it('never resolves allPluginsStarted when a plugin fails to start', async () => {
    const start = ({ allPluginsStarted }: CoreStart) => {
      allPluginsStarted.then(() => events.push('all started'));
    };
    const { system } = aSystem(aPlugin('a', { start }), aPlugin('b', { start: fail }, ['a']));
    await system.setup(core);
    await expect(system.start(coreStart)).rejects.toMatchObject({ code: 'start_failed' });
    expect(events).not.toContain('all started');
  });

  it('resolves getStartServices once the plugin has started', async () => {
    let services: Promise<unknown> | undefined;
    const setup = ({ getStartServices }: CoreSetup) => {
      services = getStartServices();
    };
    const { system } = aSystem(aPlugin('a'), aPlugin('b', { setup }, ['a']));
    await system.setup(core);
    await system.start(coreStart);
    expect(await services).toEqual([
      { ...coreStart, allPluginsStarted: expect.any(Promise) },
      { a: { start: 'a' } },
      { start: 'b' },
    ]);
  });

  it.each(['create', 'setup'] as const)('names the plugin that fails in %s', async (step) => {
    const bad =
      step === 'create' ? { ...aPlugin('b'), create: fail } : aPlugin('b', { setup: fail });
    const { system } = aSystem(aPlugin('a'), bad, aPlugin('c'));
    await expect(system.setup(core)).rejects.toMatchObject({
      code: 'setup_failed',
      pluginId: 'b',
      message: 'Plugin b failed in setup: it is broken',
    });
    expect(events).toEqual(['a setup {}']);
  });

  it('stops the started plugins when one fails to start', async () => {
    const { system } = aSystem(
      aPlugin('a'),
      aPlugin('b', {}, ['a']),
      aPlugin('c', { start: fail }),
      aPlugin('d'),
    );
    await system.setup(core);
    events = [];
    await expect(system.start(coreStart)).rejects.toMatchObject({
      code: 'start_failed',
      message: 'Plugin c failed in start: it is broken',
    });
    expect(events).toEqual(['a start {}', 'b start {"a":{"start":"a"}}', 'b stop', 'a stop']);
  });

  it.each(['setup', 'start'] as const)(
    'names the plugin whose %s does not finish',
    async (step) => {
      const { system } = aSystem(aPlugin('a', { [step]: () => new Promise(() => undefined) }));
      const running = system.setup(core).then(() => system.start(coreStart));
      const outcome = expect(running).rejects.toMatchObject({
        code: 'timeout',
        message: `Plugin a did not finish ${step} within 30 seconds`,
      });
      await clock.advance(30_000);
      await outcome;
    },
  );

  it('continues to stop the other plugins when one fails to stop or never finishes', async () => {
    const { system, logger } = aSystem(
      aPlugin('a'),
      aPlugin('b', { stop: fail }),
      aPlugin('c', { stop: () => new Promise(() => undefined) }),
      aPlugin('d'),
    );
    await system.setup(core);
    await system.start(coreStart);
    events = [];
    const stopping = system.stop();
    await clock.advance(30_000);
    await stopping;
    expect(events).toEqual(['d stop', 'a stop']);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'Plugin c did not stop cleanly',
      'Plugin b did not stop cleanly',
    ]);
  });
});
