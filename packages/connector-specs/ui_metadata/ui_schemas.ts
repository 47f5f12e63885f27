import { z } from 'zod';
import { setMeta, type UiMeta } from './ui_meta.ts';

/** Longest URL in a form; longer ones do not survive common proxies. */
const MAX_URL_LENGTH = 2_048;

const MAX_SECRET_LENGTH = 4_096;
const MAX_TEXT_LENGTH = 65_536;

/** Ready-made, bounded fields for connector forms. Each takes metadata that is merged over its own. */
export const UISchemas = {
  /** A masked, required string. */
  secret: (meta: UiMeta = {}) =>
    setMeta(z.string().min(1).max(MAX_SECRET_LENGTH), {
      sensitive: true,
      widget: 'password',
      ...meta,
    }),
  /** Several lines of text. */
  textarea: (meta: UiMeta = {}) =>
    setMeta(z.string().max(MAX_TEXT_LENGTH), { widget: 'textarea', ...meta }),
  /** JSON text; whoever reads it parses it. */
  json: (meta: UiMeta = {}) =>
    setMeta(z.string().max(MAX_TEXT_LENGTH), { widget: 'json', ...meta }),
  /** Source text; name the language in `widgetOptions.language`. */
  code: (meta: UiMeta = {}) =>
    setMeta(z.string().max(MAX_TEXT_LENGTH), { widget: 'code', ...meta }),
  /** A web address. Optional ones refuse the empty string: make such a field a plain string. */
  url: (meta: UiMeta = {}) =>
    setMeta(z.url({ protocol: /^https?$/ }).max(MAX_URL_LENGTH), {
      widget: 'text',
      placeholder: 'https://',
      ...meta,
    }),
} as const;
