import { describe, expect, it } from 'vitest';
import type { UserSettings } from '../types.ts';
import { UserSettingsStore } from './user_settings_store.ts';

const initial: UserSettings = { theme: 'system', language: 'en' };

describe("the store of the user's settings", () => {
  it('applies a change before it is saved', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const store = new UserSettingsStore({ initial, save: () => promise, onSaveFailed: () => {} });
    let applied: UserSettings | undefined;
    store.subscribe(() => {
      applied = store.getSnapshot();
    });
    const saved = store.change({ theme: 'dark' });
    expect(applied).toEqual({ theme: 'dark', language: 'en' });
    resolve();
    await saved;
  });

  it('saves changes in quick succession one after the other', async () => {
    const waiting: (() => void)[] = [];
    const started: Partial<UserSettings>[] = [];
    const save = (settings: Partial<UserSettings>) => {
      started.push(settings);
      return new Promise<void>((resolve) => waiting.push(resolve));
    };
    const store = new UserSettingsStore({ initial, save, onSaveFailed: () => {} });
    const first = store.change({ theme: 'dark' });
    const second = store.change({ theme: 'light' });
    await Promise.resolve();
    expect(started).toEqual([{ theme: 'dark' }]);
    waiting[0]?.();
    await first;
    waiting[1]?.();
    await second;
    expect(started).toEqual([{ theme: 'dark' }, { theme: 'light' }]);
  });

  it('reports a failed save and saves the next change', async () => {
    const failures: unknown[] = [];
    let attempts = 0;
    const store = new UserSettingsStore({
      initial,
      save: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('offline');
      },
      onSaveFailed: (error) => failures.push(error),
    });
    await store.change({ theme: 'dark' });
    await store.change({ language: 'de' });
    expect(failures).toEqual([new Error('offline')]);
    expect(attempts).toBe(2);
    expect(store.getSnapshot()).toEqual({ theme: 'dark', language: 'de' });
  });
});
