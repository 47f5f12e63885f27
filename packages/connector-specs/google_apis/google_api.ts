import { z } from 'zod';
import { type ApiDescription, defineApi, fieldsOf, pageCursor } from '../operations/index.ts';

/** Declares operations of one of Google's APIs, which all report errors in the same form. */
export const defineGoogleApi = (
  api: Pick<ApiDescription, 'name' | 'oauthScopes'> & { readonly baseUrl: string },
) =>
  defineApi({
    ...api,
    provider: 'google',
    errors: {
      message: ['error.message'],
      code: ['error.errors.*.reason', 'error.status'],
      // With these codes, the owner of the Google Cloud project or of the domain must change
      // something: https://developers.google.com/workspace/drive/api/guides/handle-errors
      actors: { administrator: ['accessNotConfigured', 'dailyLimitExceeded', 'domainPolicy'] },
    },
  });

/** Input that selects a page of a list. */
export const pageToken = () => pageCursor(4_096, 'nextPageToken');

/** Paths of a list whose items are at the path `items`. Google omits an empty list. */
export const googlePages = <const Items extends string>(items: Items) =>
  ({
    next: 'cursor',
    cursor: 'pageToken',
    path: 'nextPageToken',
    items,
    isListOptional: true,
    names: { items, nextCursor: 'nextPageToken' },
  }) as const;

/** A string in a response. A value of another type counts as missing. */
export const lenientText = () => z.string().optional().catch(undefined);

/** Fields with a {@link lenientText}. */
export const lenientTexts = fieldsOf(lenientText);

/** Numbers that may be missing, but not null. */
export const optionalNumbers = fieldsOf(() => z.number().optional());

/** A scope of Google: `googleScope('drive.file')`. */
export const googleScope = (name: string) => `https://www.googleapis.com/auth/${name}`;
