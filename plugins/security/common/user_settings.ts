import { LANGUAGE_CHOICES, THEMES } from '@latchkey/core/common';
import { z } from 'zod';

/** Personal settings of a user. */
export const userSettings = z.strictObject({
  theme: z.enum(THEMES),
  /** `browser`: the first of the browser's preferred languages that the web app has. */
  language: z.enum(LANGUAGE_CHOICES),
});

/** Personal settings of a user. */
export type UserSettings = z.infer<typeof userSettings>;

/** Settings of users who have stored none, and of pages without a user. */
export const DEFAULT_USER_SETTINGS: UserSettings = { theme: 'system', language: 'browser' };
