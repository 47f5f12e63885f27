import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LoadedPlugin, PluginConfigDescriptor } from '../plugins/index.ts';
import { browserConfigOf } from './browser_config.ts';

type Settings = Readonly<Record<string, unknown>>;

function exposed(
  settings: Settings,
  exposeToBrowser: NonNullable<PluginConfigDescriptor<Settings>['exposeToBrowser']>,
) {
  const config = { schema: z.any(), exposeToBrowser };
  const plugin = { id: 'mail', configPath: ['mail'], config } as unknown as LoadedPlugin;
  const parsed = new Map([[plugin.configPath, settings]]);
  return browserConfigOf({
    plugins: [plugin],
    parsed: { get: (path: string[]) => parsed.get(path) } as never,
  });
}

describe('settings for browsers', () => {
  const settings = { host: 'mail.example.com', port: 25, auth: { password: 'development-secret' } };

  it('are only the settings that a plugin names or computes', () => {
    const shown = exposed(settings, {
      port: true,
      host: false,
      hasPassword: ({ auth }) => (auth as Settings)['password'] !== undefined,
      limit: () => undefined,
    });
    expect(shown).toEqual({ mail: { port: 25, hasPassword: true } });
  });

  it.each([
    ['an object', { auth: true }],
    ['a list', { computed: () => ['a'] as never }],
    ['a long text', { computed: () => 'x'.repeat(201) }],
    ['not a number', { computed: () => Number.NaN }],
  ] as const)('are refused when a value is %s, without naming the value', (_, expose) => {
    expect(() => exposed(settings, expose)).toThrow(/mail exposes \[(auth|computed)\]/);
    expect(() => exposed(settings, expose)).not.toThrow(/development-secret/);
  });

  it('are absent for a plugin that exposes no setting', () => {
    expect(exposed(settings, {})).toEqual({});
  });
});
