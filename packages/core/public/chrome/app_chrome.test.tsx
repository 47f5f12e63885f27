import { fireEvent, screen, within } from '@testing-library/react';
import { createRef } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { coreStartMock } from '../mocks.ts';
import { renderWithCore } from '../testing.tsx';
import type { AccountProvider, AppDefinition, HeaderItem } from '../types.ts';
import { AppChrome } from './app_chrome.tsx';

const app = (id: string, section: AppDefinition['section']): AppDefinition => ({
  id,
  path: `/app/${id}`,
  title: { id: `test.${id}`, defaultMessage: id },
  icon: 'link',
  order: 1,
  section,
  requiredPrivileges: [],
  mount: async () => () => null,
});
const connectors = app('connectors', 'main');
const apps = [connectors, app('users', 'administration'), app('profile', 'user')];

function renderChrome(
  options: { readonly account?: AccountProvider; readonly items?: readonly HeaderItem[] } = {},
) {
  const { account, items = [] } = options;
  return renderWithCore(
    <AppChrome
      apps={apps}
      current={connectors}
      chrome={{ headerItems: items, account }}
      title="Drive"
      mainRef={createRef()}
    >
      page
    </AppChrome>,
    { core: coreStartMock({ boot: { basePath: '/kb' } }) },
  );
}

describe('the frame around the apps', () => {
  it('marks the app of the current page in the menu, and opens a linked app without loading the whole page', () => {
    const { core } = renderChrome();
    const menu = within(screen.getByRole('navigation', { name: 'Main menu' }));
    expect(menu.getByRole('link', { current: 'page' })).toHaveTextContent('connectors');
    const users = menu.getByRole('link', { name: 'users' });
    expect(users).toHaveAttribute('href', '/kb/app/users');
    fireEvent.click(users, { ctrlKey: true });
    expect(core.visited).toEqual([]);
    fireEvent.click(users);
    expect(core.visited).toEqual(['/app/users']);
  });

  it.each([
    [1280, true],
    [320, false],
  ])('in a window of %i pixels, shows breadcrumbs (expected: %s)', (width, hasBreadcrumbs) => {
    const before = window.innerWidth;
    window.innerWidth = width;
    renderChrome();
    expect(screen.queryByText('Drive') !== null).toBe(hasBreadcrumbs);
    window.innerWidth = before;
  });

  it('shows header items, and leaves out an item whose code cannot be loaded', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const item = (id: string, load: HeaderItem['load']): HeaderItem => ({
      id,
      side: 'left',
      order: 1,
      load,
    });
    renderChrome({
      items: [
        item('broken', () => Promise.reject(new Error('offline'))),
        item('spaces', async () => () => <p>Space menu</p>),
      ],
    });
    await screen.findByText('Space menu');
    log.mockRestore();
    screen.getByText('page');
  });

  it('offers the account pages, settings and signing out in the user menu', async () => {
    const account: AccountProvider = {
      signOutPath: '/out',
      readUsername: async () => 'ana',
      saveSettings: async () => undefined,
    };
    const { core } = renderChrome({ account });
    const change = vi.spyOn(core.settings, 'change');
    fireEvent.click(screen.getByRole('button', { name: 'AS, account of Ana Sample' }));
    const signOut = await screen.findByRole('link', { name: 'Sign out' });
    expect(signOut).toHaveAttribute('href', '/kb/out');
    expect(screen.getByRole('link', { name: 'profile' })).toHaveAttribute(
      'href',
      '/kb/app/profile',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Dark' }));
    fireEvent.change(screen.getByLabelText('Language'), { target: { value: 'de' } });
    fireEvent.change(screen.getByLabelText('Language'), { target: { value: 'browser' } });
    expect(screen.getByRole('option', { name: 'As the browser (English)' })).toBeVisible();
    expect(change.mock.calls).toEqual([
      [{ theme: 'dark' }],
      [{ language: 'de' }],
      [{ language: 'browser' }],
    ]);
  });
});
