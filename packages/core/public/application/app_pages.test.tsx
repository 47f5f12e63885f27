import { fireEvent, screen } from '@testing-library/react';
import type { ComponentType } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { coreStartMock } from '../mocks.ts';
import { renderWithCore } from '../testing.tsx';
import type { AppDefinition } from '../types.ts';
import { AppPages } from './app_pages.tsx';

const app = (id: string, changes: Partial<AppDefinition> = {}): AppDefinition => ({
  id,
  path: `/app/${id}`,
  title: { id: `test.${id}`, defaultMessage: id },
  icon: 'link',
  order: 1,
  section: 'main',
  requiredPrivileges: [],
  mount: async () => () => <h1>Page of {id}</h1>,
  ...changes,
});

function renderAt(
  path: string,
  apps: readonly AppDefinition[],
  privileges: string[] = [],
  roles: string[] = ['user'],
) {
  const base = coreStartMock();
  const titles: string[] = [];
  const core = {
    ...coreStartMock({ boot: { user: { ...base.boot.user, privileges, roles } } }),
    chrome: { setTitle: (title: string) => void titles.push(title) },
  };
  const onShown = vi.fn();
  const onReload = vi.fn();
  renderWithCore(<AppPages apps={apps} onShown={onShown} onReload={onReload} />, { core, path });
  return { onShown, onReload, titles };
}

describe('the pages of the apps', () => {
  it('show the page of the path, and report its path when the page has been loaded', async () => {
    const { onShown } = renderAt('/app/a/detail', [app('a', { hasSubpages: true }), app('b')]);
    await screen.findByRole('heading', { name: 'Page of a' });
    expect(onShown).toHaveBeenLastCalledWith('/app/a/detail');
  });

  it('open the first app of the menu when there is no path', async () => {
    renderAt('/', [app('b', { order: 2 }), app('a')]);
    await screen.findByRole('heading', { name: 'Page of a' });
  });

  it.each(['/app/nothing', '/app/a/nothing'])(
    'show a title, a text and a link to the start page when %s does not exist',
    (path) => {
      const { titles } = renderAt(path, [app('a')]);
      screen.getByRole('heading', { name: 'Page not found' });
      expect(titles).toEqual(['Page not found']);
      expect(screen.getByRole('link')).toHaveAttribute('href', '/app/a');
    },
  );

  it('show the page of a path that ends in a slash', async () => {
    renderAt('/app/a/', [app('a')]);
    await screen.findByRole('heading', { name: 'Page of a' });
  });

  it('do not load a page for which the user lacks a privilege', () => {
    const mount = vi.fn<() => Promise<ComponentType>>();
    renderAt('/app/a', [app('a', { requiredPrivileges: ['x', 'y'], mount })], ['x']);
    screen.getByRole('heading', { name: 'You do not have access to this page' });
    expect(mount).not.toHaveBeenCalled();
  });

  it.each([
    ['a role', [], [], 'You do not have a role yet'],
    ['access to the space', [], ['sales'], 'You do not have access to this space'],
    ['access to the page', ['x'], ['sales'], 'You do not have access to this page'],
  ])(
    'say that the user lacks %s, without a link to the profile',
    (_what, privileges, roles, title) => {
      const profile = app('profile', { section: 'user' });
      renderAt('/app/a', [app('a', { requiredPrivileges: ['y'] }), profile], privileges, roles);
      screen.getByRole('heading', { name: title });
      expect(screen.queryByRole('link')).toBeNull();
    },
  );

  it.each([
    ['a page that failed', new Error('x'), 'This page has failed'],
    [
      'a page whose code could not be loaded',
      new TypeError('Failed to fetch dynamically imported module: /a.js'),
      'The page could not be loaded',
    ],
  ])('offer to load the page again for %s', async (_what, error, title) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const mount = async () => {
      throw error;
    };
    const { onReload } = renderAt('/app/a', [app('a', { mount })]);
    await screen.findByRole('heading', { name: title });
    log.mockRestore();
    fireEvent.click(screen.getByRole('button', { name: 'Reload the page' }));
    expect(onReload).toHaveBeenCalledTimes(1);
  });
});
