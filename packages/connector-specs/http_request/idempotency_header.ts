import { z } from 'zod';
import type { ActionContext } from '../contract/types.ts';
import { isConnectionHeader, isCredentialHeader, isHeaderName } from '../http_headers/index.ts';
import { setMeta } from '../ui_metadata/index.ts';

/** Methods that a service may carry out twice when a request is repeated (RFC 9110 §9.2.2). */
const METHODS: ReadonlySet<string> = new Set(['POST', 'PATCH']);

const isAllowed = (name: string): boolean =>
  isHeaderName(name) && !isConnectionHeader(name) && !isCredentialHeader(name);

/** Config field with the header in which the service accepts an idempotency key. */
export const idempotencyHeader = () =>
  setMeta(
    z
      .string()
      .max(128)
      // Forms send an empty string for an absent name.
      .refine((name) => name === '' || isAllowed(name), {
        message: 'is not a header that may be set',
      }),
    {
      label: 'Idempotency header',
      section: 'advanced',
      helpText:
        'Header in which the service accepts a key, so that it carries out a repeated request once. Workflows send one with POST and PATCH.',
    },
  ).nullish();

/**
 * Name of the header in which the service of a connector accepts an idempotency key. `undefined`:
 * the config names none, or one that may not be set.
 */
export function idempotencyHeaderOf(config: Readonly<Record<string, unknown>>): string | undefined {
  const name = config['idempotencyHeader'];
  return typeof name === 'string' && isAllowed(name) ? name : undefined;
}

/**
 * Returns `true` if requests with a method get an idempotency key: repeated, they may have two
 * effects.
 */
export const acceptsIdempotencyKey = (method: string): boolean => METHODS.has(method);

/** The header with the idempotency key of a call. Empty: the service accepts none. */
export const idempotencyHeaders = (
  { config, idempotencyKey }: Pick<ActionContext, 'config' | 'idempotencyKey'>,
  method: string,
): Readonly<Record<string, string>> => {
  if (idempotencyKey === undefined || !acceptsIdempotencyKey(method)) return {};
  const name = idempotencyHeaderOf(config);
  return name === undefined ? {} : { [name]: idempotencyKey };
};
