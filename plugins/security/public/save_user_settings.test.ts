import { HttpClient } from '@latchkey/core/public';
import { describe, expect, it } from 'vitest';
import { saveUserSettings } from './save_user_settings.ts';

describe('saving the settings of a user', () => {
  it('keeps stored settings that the user did not change', async () => {
    let stored = { theme: 'system', language: 'browser' };
    const http = new HttpClient({
      baseUrl: '',
      fetch: async (_url, { method, body }) => {
        if (method === 'PUT') stored = JSON.parse(body ?? '');
        return {
          status: 200,
          headers: { get: () => 'application/json' },
          text: async () => JSON.stringify(stored),
        };
      },
    });
    await saveUserSettings(http, { theme: 'dark' });
    expect(stored).toEqual({ theme: 'dark', language: 'browser' });
    await saveUserSettings(http, { language: 'de' });
    expect(stored).toEqual({ theme: 'dark', language: 'de' });
  });
});
