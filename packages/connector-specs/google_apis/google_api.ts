import { z } from 'zod';
import { defineApi } from '../operations/index.ts';

/** Declares operations of one of Google's APIs. All of them report errors in one form. */
export const defineGoogleApi = (api: { readonly name: string; readonly baseUrl: string }) =>
  defineApi({
    ...api,
    provider: 'google',
    errors: { message: ['error.message'], code: ['error.errors.*.reason', 'error.status'] },
  });

/** Input that selects a page of a list. */
export const pageToken = () =>
  z.string().max(4_096).optional().describe('nextPageToken of the previous page');

/** A list at the path `items`. Google omits it if it is empty. */
export const googlePages = <const Items extends string>(items: Items) =>
  ({
    next: 'cursor',
    cursor: 'pageToken',
    path: 'nextPageToken',
    items,
    isListOptional: true,
    names: { items, nextCursor: 'nextPageToken' },
  }) as const;

/** Text that may be missing, or is omitted if it is not text. */
export const text = () => z.string().optional().catch(undefined);
