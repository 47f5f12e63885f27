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

/** The header with the idempotency key of a call. Empty: the service accepts none. */
export const idempotencyHeaders = (
  { config, idempotencyKey }: Pick<ActionContext, 'config' | 'idempotencyKey'>,
  method: string,
): Readonly<Record<string, string>> => {
  const name = config['idempotencyHeader'];
  if (idempotencyKey === undefined || !METHODS.has(method)) return {};
  return typeof name === 'string' && isAllowed(name) ? { [name]: idempotencyKey } : {};
};
