import { LANGUAGES, type Language, THEMES, type Theme } from '@latchkey/core/common';
import { type CookieToSet, chooseLanguage, type ServerRequest } from '@latchkey/core/server';
import { DEFAULT_USER_SETTINGS, type UserSettings } from '../../common/index.ts';

/**
 * Name of the cookie with theme and language of the last user of this browser: `dark.de`. Pages
 * without a session follow it. It is no secret and grants nothing.
 */
const APPEARANCE_COOKIE = 'appearance';
const MAX_AGE_SECONDS = 365 * 24 * 60 * 60;

/** Theme and language of a page that this plugin serves without the web app. */
export interface PageAppearance {
  readonly theme: Theme;
  readonly language: Language;
}

/** Appearance of a page: as the cookie says, otherwise as the browser asks for. */
export function appearanceOf({
  cookies,
  headers,
}: Pick<ServerRequest, 'cookies' | 'headers'>): PageAppearance {
  const [theme, language] = (cookies[APPEARANCE_COOKIE] ?? '').split('.');
  return {
    theme: THEMES.find((known) => known === theme) ?? 'system',
    language:
      LANGUAGES.find((known) => known === language) ?? chooseLanguage(headers['accept-language']),
  };
}

/**
 * Cookie that lets the pages without a session follow the settings of a user. None when the browser
 * has it already.
 */
export function appearanceCookies(
  { theme, language }: UserSettings,
  { cookies }: Pick<ServerRequest, 'cookies'>,
): readonly CookieToSet[] {
  const value = cookieValue({ theme, language });
  if (value === (cookies[APPEARANCE_COOKIE] ?? cookieValue(DEFAULT_USER_SETTINGS))) return [];
  return [{ name: APPEARANCE_COOKIE, value, maxAgeSeconds: MAX_AGE_SECONDS, sameSite: 'lax' }];
}

const cookieValue = ({ theme, language }: UserSettings) => `${theme}.${language}`;
