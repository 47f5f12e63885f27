import { describe, expect, it } from 'vitest';
import type { AppDefinition } from '../types.ts';
import { AppRegistry, appAt, homeApp, menuApps } from './app_registry.ts';

const app = (id: string, changes: Partial<AppDefinition> = {}): AppDefinition => ({
  id,
  path: `/app/${id}`,
  title: { id, defaultMessage: id },
  icon: 'link',
  section: 'main',
  requiredPrivileges: [],
  mount: async () => () => null,
  ...changes,
});
const everything = () => true;

describe('the registry of apps', () => {
  it.each([
    ['id', app('a', { path: '/app/other' })],
    ['path', app('other', { path: '/app/a' })],
  ])('refuses a second app with the same %s', (_what, second) => {
    const apps = new AppRegistry();
    apps.register(app('a'), 'one');
    expect(() => apps.register(second, 'two')).toThrow('[a]');
  });

  it('removes the apps of a failed plugin and keeps the others', () => {
    const apps = new AppRegistry();
    apps.register(app('a'), 'one');
    apps.register(app('b'), 'two');
    apps.removeOf('one');
    expect(apps.all().map(({ id }) => id)).toEqual(['b']);
  });
});

describe('the apps of the menu', () => {
  it('are those of a section by order, without those that the user may not open', () => {
    const apps = [
      app('late', { order: 20 }),
      app('early', { order: 10 }),
      app('hidden'),
      app('secret', { order: 5, requiredPrivileges: ['x'] }),
      app('users', { order: 1, section: 'administration' }),
    ];
    const ids = menuApps(apps, 'main', (privilege) => privilege !== 'x').map(({ id }) => id);
    expect(ids).toEqual(['early', 'late']);
  });
});

describe('the start app', () => {
  it('is an app of a later section of the menu when the user may open none of an earlier one', () => {
    const apps = [
      app('a', { order: 1, requiredPrivileges: ['x'] }),
      app('b', { order: 1, section: 'administration' }),
    ];
    expect(homeApp(apps, everything)?.id).toBe('a');
    expect(homeApp(apps, (privilege) => privilege !== 'x')?.id).toBe('b');
    expect(homeApp([], everything)).toBeUndefined();
  });
});

describe('the app of a path', () => {
  it('is the one with the longest matching path', () => {
    const apps = [app('a'), app('ab', { path: '/app/a/b' })];
    expect(appAt(apps, '/app/a/b/c')?.id).toBe('ab');
    expect(appAt(apps, '/app/a/c')?.id).toBe('a');
    expect(appAt(apps, '/app/ab')).toBeUndefined();
  });
});
