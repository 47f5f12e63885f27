import { z } from 'zod';

/** Themes that a user can choose. `system`: the theme of the operating system. */
export const THEMES = ['light', 'dark', 'system'] as const;
/** One of {@link THEMES}. */
export type Theme = (typeof THEMES)[number];

/** Languages of the browser side. `en-XA` is a pseudo-locale that shows untranslated text. */
export const LANGUAGES = ['en', 'de', 'en-XA'] as const;
/** One of {@link LANGUAGES}. */
export type Language = (typeof LANGUAGES)[number];

/** Languages that a user can choose. `browser`: the first one that the browser prefers. */
export const LANGUAGE_CHOICES = ['browser', ...LANGUAGES] as const;
/** One of {@link LANGUAGE_CHOICES}. */
export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];

/** Schema of the signed-in user, as the shell page passes it to the browser side. */
const bootUser = z.object({
  username: z.string(),
  /** Absent: the user has no full name. */
  fullName: z.string().optional(),
  /** Absent: no e-mail address is known. */
  email: z.string().optional(),
  roles: z.array(z.string()),
  /** Privileges that the user has in the space of the page, for example `actions:get`. */
  privileges: z.array(z.string()),
});

const bootSpace = z.object({
  id: z.string(),
  name: z.string(),
  /** Colour of the avatar as `#RRGGBB`. */
  color: z.string().optional(),
  initials: z.string().optional(),
  /** Data URL of the avatar. */
  imageUrl: z.string().optional(),
});

/**
 * Values that the server writes into the shell page, so that the browser side starts without a
 * request. The user can read them, so they must never contain a secret.
 */
export const bootData = z.object({
  /** Base path of the server without a trailing slash. Empty: no base path. */
  basePath: z.string(),
  /** Id of the build. Changes when the server or the browser side changes. */
  buildId: z.string(),
  /** Clock of the server when it rendered the page, in milliseconds since 1970. */
  now: z.number(),
  /** Version of Latchkey, for example `0.1.0`. */
  version: z.string(),
  space: bootSpace,
  user: bootUser,
  theme: z.enum(THEMES),
  /** Language of the page. */
  language: z.enum(LANGUAGES),
  languageChoice: z.enum(LANGUAGE_CHOICES),
  /** Language that the browser prefers, for users who choose it later. */
  browserLanguage: z.enum(LANGUAGES),
  /** `false`: `server.publicBaseUrl` is not set, so no authorization can return to this server. */
  hasPublicBaseUrl: z.boolean(),
  /** Values that plugins expose to browsers, by plugin id. */
  plugins: z.record(
    z.string(),
    z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])),
  ),
});

/** Boot data of a page, as {@link bootData} parses them. */
export type BootData = z.output<typeof bootData>;
