import { describe, expect, it } from 'vitest';
import { createUrlBuilder } from '../mocks.ts';
import { appearanceCookies, appearanceOf } from './page_appearance.ts';
import { type RenderedPage, renderPage } from './page_frame.ts';

const urls = createUrlBuilder({ basePath: '/kb', publicBaseUrl: undefined });
const render = (over: Partial<RenderedPage> = {}) =>
  renderPage(
    {
      appearance: { theme: 'system', language: 'en' },
      title: 'A & B',
      layout: 'result',
      body: ['<h1>A</h1>', ''],
      ...over,
    },
    urls,
  );

describe('a page of the server', () => {
  it('has the language and the theme of its appearance', () => {
    const page = render({ appearance: { theme: 'dark', language: 'de' } });
    expect(page).toContain('<html lang="de" data-theme="dark">');
    expect(page).toContain('<meta name="color-scheme" content="dark">');
    expect(render()).toContain('<meta name="color-scheme" content="light dark">');
  });

  it('names its files below the base path and escapes its title', () => {
    const page = render({ scriptPath: '/x.js' });
    expect(page).toContain('<title>A &#38; B - Latchkey</title>');
    expect(page).toContain('<link rel="stylesheet" href="/kb/page_style.css">');
    expect(page).toContain('<script src="/kb/x.js" defer></script>');
  });

  it('has no inline style, script or handler', () => {
    const page = render({ scriptPath: '/x.js', data: { next: '"><script>' } });
    expect(page).toContain('data-next="&#34;&#62;&#60;script&#62;"');
    expect(page).not.toMatch(/<script(?! src=)|<style|\sstyle=|\son\w+=/);
  });
});

describe('the appearance of a page', () => {
  const request = (cookies: Readonly<Record<string, string>>, accepted?: string) => ({
    cookies,
    headers: accepted === undefined ? {} : { 'accept-language': accepted },
  });

  it.each([
    [
      'the settings of the user',
      { theme: 'dark', language: 'de' },
      { theme: 'dark', language: 'de' },
    ],
    [
      'the browser, if the user chose no language',
      { theme: 'light', language: 'browser' },
      { theme: 'light', language: 'de' },
    ],
  ] as const)(
    'follows %s, not the settings of the last user of the browser',
    (_, settings, expected) => {
      const asking = request({ appearance: 'system.en' }, 'de-AT,en;q=0.5');
      expect(appearanceOf(asking, settings)).toEqual(expected);
    },
  );

  it('follows the settings of the last user of the browser when no user is signed in', () => {
    expect(appearanceOf(request({ appearance: 'dark.de' }, 'en'))).toEqual({
      theme: 'dark',
      language: 'de',
    });
  });

  it.each([{}, { appearance: 'red.xx' }, { appearance: 'system.browser' }])(
    'follows the browser with the cookie %j',
    (cookies) => {
      expect(appearanceOf(request(cookies, 'de'))).toEqual({ theme: 'system', language: 'de' });
    },
  );

  it('is stored in a cookie only when the cookie of the browser has another value', () => {
    const settings = { theme: 'dark', language: 'de' } as const;
    expect(appearanceCookies(settings, { cookies: {} })).toMatchObject([
      { name: 'appearance', value: 'dark.de' },
    ]);
    expect(appearanceCookies(settings, { cookies: { appearance: 'dark.de' } })).toEqual([]);
    const defaults = { theme: 'system', language: 'browser' } as const;
    expect(appearanceCookies(defaults, { cookies: {} })).toEqual([]);
  });
});
