import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiscoveredPlugin } from './discover_plugins.ts';
import { orderPlugins } from './order_plugins.ts';

const aPlugin = (id: string, over: Partial<DiscoveredPlugin> = {}): DiscoveredPlugin => ({
  id,
  folder: `/plugins/${id}`,
  hasServer: true,
  hasBrowser: false,
  configPath: [id],
  requiredPlugins: [],
  optionalPlugins: [],
  ...over,
});

const idsOf = (plugins: readonly DiscoveredPlugin[]) => plugins.map(({ id }) => id);

describe('the order of plugins', () => {
  it('has dependencies first and is otherwise the order in which plugins were found', () => {
    const plugins = [
      aPlugin('c', { requiredPlugins: ['b'], optionalPlugins: ['d', 'absent'] }),
      aPlugin('a'),
      aPlugin('b'),
      aPlugin('d'),
    ];
    expect(idsOf(orderPlugins(plugins))).toEqual(['b', 'd', 'c', 'a']);
  });

  it('has every plugin after its dependencies, whatever the graph', () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc
          .array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 30 })
          .map((edges) => ({ size, edges })),
      );
    fc.assert(
      fc.property(graph, ({ size, edges }) => {
        const plugins = Array.from({ length: size }, (_, index) =>
          aPlugin(`p${index}`, {
            requiredPlugins: edges
              .filter(([from, to]) => from === index && to < index)
              .map(([, to]) => `p${to}`),
          }),
        ).reverse();
        const order = idsOf(orderPlugins(plugins));
        for (const { id, requiredPlugins } of plugins) {
          for (const needed of requiredPlugins) {
            expect(order.indexOf(needed)).toBeLessThan(order.indexOf(id));
          }
        }
      }),
    );
  });

  it('is refused with the plugins of a dependency cycle', () => {
    const plugins = [
      aPlugin('a', { requiredPlugins: ['b'] }),
      aPlugin('b', { optionalPlugins: ['c'] }),
      aPlugin('c', { requiredPlugins: ['a'] }),
    ];
    expect(() => orderPlugins(plugins)).toThrow(
      expect.objectContaining({
        code: 'dependency_cycle',
        message: 'Plugins depend on each other in a cycle: a -> b -> c -> a',
      }),
    );
  });

  it('is refused with the names of a missing plugin and the plugin that requires it', () => {
    expect(() => orderPlugins([aPlugin('a', { requiredPlugins: ['b'] })])).toThrow(
      expect.objectContaining({
        code: 'missing_dependency',
        pluginId: 'a',
        message: 'Plugin a requires plugin b, which does not exist',
      }),
    );
  });

  it('is refused with both folders of a plugin that exists twice', () => {
    expect(() => orderPlugins([aPlugin('a'), aPlugin('a', { folder: '/other' })])).toThrow(
      expect.objectContaining({
        code: 'duplicate_plugin',
        message: 'Plugin a exists twice: /plugins/a and /other',
      }),
    );
  });
});
