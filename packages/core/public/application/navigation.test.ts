import { describe, expect, it } from 'vitest';
import { Navigation, type NavigationWindow } from './navigation.ts';

/** Creates a window with a history. Its `popstate` events are sent when `flush` is called. */
function fakeWindow(start: string) {
  const entries: { url: string; state: unknown }[] = [{ url: start, state: null }];
  let position = 0;
  let pending: number[] = [];
  const popListeners: (() => void)[] = [];
  const unloadListeners: ((event: BeforeUnloadEvent) => void)[] = [];
  const url = () => new URL(entries[position]?.url ?? '', 'http://localhost');
  const window = {
    history: {
      get state() {
        return entries[position]?.state;
      },
      pushState(state: unknown, _unused: string, to: string) {
        entries.splice(position + 1, entries.length, { url: to, state });
        position += 1;
      },
      replaceState(state: unknown, _unused: string, to?: string) {
        entries[position] = { url: to ?? entries[position]?.url ?? '', state };
      },
      go(delta: number) {
        pending.push(delta);
      },
    },
    location: {
      get pathname() {
        return url().pathname;
      },
      get search() {
        return url().search;
      },
      get hash() {
        return url().hash;
      },
    },
    addEventListener(type: string, listener: never) {
      if (type === 'popstate') popListeners.push(listener);
      else unloadListeners.push(listener);
    },
  } as unknown as NavigationWindow;
  const flush = async () => {
    while (pending.length > 0) {
      const steps = pending;
      pending = [];
      for (const delta of steps) {
        position += delta;
        for (const listener of popListeners) listener();
      }
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  return {
    window,
    flush,
    back: async () => {
      window.history.go(-1);
      await flush();
    },
    /** Follows a link to a fragment, as the browser does without scripts. */
    followFragment: (hash: string) => {
      entries.splice(position + 1, entries.length, {
        url: `${url().pathname}${hash}`,
        state: null,
      });
      position += 1;
      for (const listener of popListeners) listener();
    },
    current: () => entries[position]?.url,
    unload: () => {
      let isPrevented = false;
      const event = { preventDefault: () => (isPrevented = true) } as unknown as BeforeUnloadEvent;
      for (const listener of unloadListeners) listener(event);
      return isPrevented;
    },
  };
}

function create(decides: boolean | (() => Promise<boolean>) = true) {
  const browser = fakeWindow('/base/s/team/app/a');
  const questions: number[] = [];
  const navigation = new Navigation({
    window: browser.window,
    prefix: '/base/s/team',
    confirmDiscard: () => {
      questions.push(1);
      return typeof decides === 'boolean' ? Promise.resolve(decides) : decides();
    },
  });
  const shown = () => navigation.getSnapshot().location.pathname;
  return { browser, navigation, questions, shown };
}

describe('the navigation of the web app', () => {
  it('adds base path and space to paths of the web app, but not again to complete paths of the router', () => {
    const { navigation, browser } = create();
    navigation.navigate('/app/b?x=1');
    expect(browser.current()).toBe('/base/s/team/app/b?x=1');
    navigation.push({ pathname: '/base/s/team/app/c', search: '?y=2' });
    expect(browser.current()).toBe('/base/s/team/app/c?y=2');
    expect(navigation.href('/app/d')).toBe('/base/s/team/app/d');
  });

  it('navigates when the router calls its methods without `this`', () => {
    const { navigation, browser } = create();
    const { push, replace } = navigation;
    push('/base/s/team/app/b');
    replace('/base/s/team/app/c');
    expect(browser.current()).toBe('/base/s/team/app/c');
  });

  it('notifies listeners of each page, even after the back button', async () => {
    const { navigation, browser, shown } = create();
    const seen: string[] = [];
    navigation.subscribe(() => seen.push(shown()));
    navigation.navigate('/app/b');
    await browser.back();
    expect(seen).toEqual(['/base/s/team/app/b', '/base/s/team/app/a']);
  });

  it('removes the default space from a URL that contains it', () => {
    const browser = fakeWindow('/base/s/default/app/a?x=1#y');
    const navigation = new Navigation({
      window: browser.window,
      prefix: '/base',
      confirmDiscard: () => Promise.resolve(true),
    });
    expect(browser.current()).toBe('/base/app/a?x=1#y');
    expect(navigation.getSnapshot().location.pathname).toBe('/base/app/a');
  });

  it('with `replace`, replaces the history entry, so that the back button skips it', async () => {
    const { navigation, browser, shown } = create();
    navigation.navigate('/app/b');
    navigation.navigate('/app/c', { replace: true });
    await browser.back();
    expect(shown()).toBe('/base/s/team/app/a');
  });

  it.each([
    ['stays when the user declines', false, '/base/s/team/app/a'],
    ['leaves when the user confirms', true, '/base/s/team/app/b'],
  ])('asks about unsaved changes and %s', async (_title, decision, expected) => {
    const { navigation, questions, shown, browser } = create(decision);
    navigation.guard({ allows: () => false });
    navigation.navigate('/app/b');
    await browser.flush();
    await Promise.resolve();
    expect(questions).toHaveLength(1);
    expect(shown()).toBe(expected);
  });

  it.each([
    ['restores the URL when the user declines', false, '/base/s/team/app/b'],
    ['goes back when the user confirms', true, '/base/s/team/app/a'],
  ])(
    'asks about unsaved changes after the back button and %s',
    async (_title, decision, expected) => {
      const { navigation, questions, shown, browser } = create(decision);
      navigation.navigate('/app/b');
      navigation.guard({ allows: () => false });
      await browser.back();
      expect(questions).toHaveLength(1);
      expect([shown(), browser.current()]).toEqual([expected, expected]);
    },
  );

  it('shows the current page while the user decides about the back button', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const { navigation, shown, browser } = create(() => promise);
    navigation.navigate('/app/b');
    navigation.guard({ allows: () => false });
    await browser.back();
    expect([shown(), browser.current()]).toEqual(['/base/s/team/app/b', '/base/s/team/app/b']);
    resolve(true);
    await promise;
    await browser.flush();
    expect(shown()).toBe('/base/s/team/app/a');
  });

  it('asks nothing when the destination keeps the changes, or no guard exists', () => {
    const { navigation, questions, shown } = create(false);
    const remove = navigation.guard({ allows: ({ search }) => search === '?tab=2' });
    navigation.navigate('/app/a?tab=2');
    expect(navigation.getSnapshot().location.search).toBe('?tab=2');
    remove();
    navigation.navigate('/app/b');
    expect(shown()).toBe('/base/s/team/app/b');
    expect(questions).toEqual([]);
  });

  it('keeps the browser from closing a page with unsaved changes', () => {
    const { navigation, browser } = create();
    expect(browser.unload()).toBe(false);
    navigation.guard({ allows: () => true });
    expect(browser.unload()).toBe(true);
  });

  it('counts a click on a fragment link as a history entry, so that a guard can go back past it', async () => {
    const { navigation, browser } = create(false);
    browser.followFragment('#part');
    navigation.guard({ allows: () => false });
    await browser.back();
    expect(browser.current()).toBe('/base/s/team/app/a#part');
  });
});
