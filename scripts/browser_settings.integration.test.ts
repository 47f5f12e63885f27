import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '@latchkey/core/server/lifecycle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'latchkey-browser-settings-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** Returns the values that each browser receives from a server with these settings. */
async function exposed(settings: Readonly<Record<string, unknown>>) {
  const server = await createServer({
    mode: 'development',
    root: ROOT,
    configFiles: [],
    env: {},
    overrides: { 'server.port': 0, 'path.data': data, ...settings },
    logDestination: { write: () => undefined },
  });
  await server.stop();
  return server.browserConfig;
}

describe('the settings that every browser receives', () => {
  it('are exactly those of the expected list', async () => {
    expect(await exposed({})).toEqual({
      actions: { isEarsAvailable: false },
      security: { maxApiKeysPerUser: 100, maxApiKeyDays: 1825 },
    });
  });

  it('contain no address, name or secret of the settings', async () => {
    const shown = await exposed({
      'xpack.actions.auth.ears.url': 'https://ears.internal.example',
      'xpack.actions.proxyUrl': 'http://canary-user:canary-secret@proxy.internal.example',
      'xpack.actions.preconfigured': {
        canary: { name: 'canary', actionTypeId: '.http', secrets: { token: 'canary-secret' } },
      },
      'xpack.security.initialAdminPassword': 'canary-password',
      'xpack.security.apiKeys.maxPerUser': 7,
      'xpack.security.apiKeys.maxExpiration': 'never',
    });
    expect(shown).toEqual({
      actions: { isEarsAvailable: true },
      security: { maxApiKeysPerUser: 7 },
    });
  });
});
