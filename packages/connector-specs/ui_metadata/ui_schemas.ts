import { z } from 'zod';
import { setMeta, type UiMeta } from './ui_meta.ts';

/** Maximum length of a URL in a form. Common proxies reject longer URLs. */
const MAX_URL_LENGTH = 2_048;

const MAX_SECRET_LENGTH = 4_096;
const MAX_TEXT_LENGTH = 65_536;

/**
 * Schemas of form fields with maximum lengths. The argument of each function is merged over the
 * metadata of the field.
 */
export const UISchemas = {
  /** Schema of a required secret. Forms mask it. */
  secret: (meta: UiMeta = {}) =>
    setMeta(z.string().min(1).max(MAX_SECRET_LENGTH), {
      sensitive: true,
      widget: 'password',
      ...meta,
    }),
  /** Multi-line text. */
  textarea: (meta: UiMeta = {}) =>
    setMeta(z.string().max(MAX_TEXT_LENGTH), { widget: 'textarea', ...meta }),
  /** Schema of a text that contains JSON, which is not parsed here. */
  json: (meta: UiMeta = {}) =>
    setMeta(z.string().max(MAX_TEXT_LENGTH), { widget: 'json', ...meta }),
  /** Schema of source text. Set the language in `widgetOptions.language`. */
  code: (meta: UiMeta = {}) =>
    setMeta(z.string().max(MAX_TEXT_LENGTH), { widget: 'code', ...meta }),
  /**
   * Schema of a web address. It rejects the empty string, so use a plain string for an optional
   * field.
   */
  url: (meta: UiMeta = {}) =>
    setMeta(z.url({ protocol: /^https?$/ }).max(MAX_URL_LENGTH), {
      widget: 'text',
      placeholder: 'https://',
      ...meta,
    }),
} as const;
