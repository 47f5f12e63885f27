import { isHeaderValue } from './header_rules.ts';

/**
 * An Authorization value in the spelling servers expect: `bearer x` becomes `Bearer x`. The scheme is case-insensitive
 * (RFC 9110 §11.1), yet some resource servers compare it literally. Other schemes stay as they are.
 */
export const normalizeAuthorizationHeaderValue = (value: string): string =>
  value.trim().replace(/^bearer(?= )/i, 'Bearer');

/** Whether a value has a scheme and a credential and fits one header line. */
export const isAuthorizationHeaderValue = (value: string): boolean =>
  isHeaderValue(value) && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ +\S/.test(value);
