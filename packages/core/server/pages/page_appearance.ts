import {
  LANGUAGES,
  type Language,
  type LanguageChoice,
  THEMES,
  type Theme,
} from '../../common/index.ts';
import type { CookieToSet, ServerRequest } from '../http/index.ts';
import { chooseLanguage } from './choose_language.ts';

/**
 * Name of the cookie with theme and language of the last user of this browser: `dark.de`. Pages
 * without a session use them. The cookie is not a secret and grants nothing.
 */
const APPEARANCE_COOKIE = 'appearance';
const MAX_AGE_SECONDS = 365 * 24 * 60 * 60;

/** Theme and language of a page that the server renders without the web app. */
export interface PageAppearance {
  readonly theme: Theme;
  readonly language: Language;
}

/** The settings of a user that decide how pages look. */
export interface PageSettings {
  readonly theme: Theme;
  /** `browser`: the first preferred language of the browser that exists here. */
  readonly language: LanguageChoice;
}

type Asking = Pick<ServerRequest, 'cookies' | 'headers'>;

/**
 * Returns the appearance of a page.
 * @param settings settings of the signed-in user. Default: those in the cookie of the last user of
 * this browser, otherwise those that the browser asks for
 */
export function appearanceOf(request: Asking, settings = lastSettings(request)): PageAppearance {
  const { theme, language } = settings;
  if (language !== 'browser') return { theme, language };
  return { theme, language: chooseLanguage(request.headers['accept-language']) };
}

function lastSettings({ cookies }: Asking): PageSettings {
  const [theme, language] = (cookies[APPEARANCE_COOKIE] ?? '').split('.');
  return {
    theme: THEMES.find((known) => known === theme) ?? 'system',
    language: LANGUAGES.find((known) => known === language) ?? 'browser',
  };
}

/**
 * Returns the cookie with which pages without a session follow the settings of a user. Empty when
 * the browser already has it.
 */
export function appearanceCookies(
  settings: PageSettings,
  request: Pick<ServerRequest, 'cookies'>,
): readonly CookieToSet[] {
  const value = cookieValue(settings);
  const known = request.cookies[APPEARANCE_COOKIE] ?? DEFAULT_VALUE;
  if (value === known) return [];
  return [{ name: APPEARANCE_COOKIE, value, maxAgeSeconds: MAX_AGE_SECONDS, sameSite: 'lax' }];
}

const cookieValue = ({ theme, language }: PageSettings) => `${theme}.${language}`;

/** Value of the cookie for the appearance that pages have without it. */
const DEFAULT_VALUE = cookieValue({ theme: 'system', language: 'browser' });
