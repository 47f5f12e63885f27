import { z } from 'zod';
import type { AuthTypeEntry } from '../contract/types.ts';
import { defineApi } from '../operations/index.ts';

/** Declares operations of one of Google's APIs. All of them report errors in one form. */
export const defineGoogleApi = (api: { readonly name: string; readonly baseUrl: string }) =>
  defineApi({
    ...api,
    provider: 'google',
    errors: { message: ['error.message'], code: ['error.errors.*.reason', 'error.status'] },
  });

/**
 * Auth types of a user's Google account: an OAuth app of the organization, or EARS.
 * @param options.scope default: the scopes of the actions
 * @param options.earsScope scopes of the app of EARS. Default: `scope`
 * @param options.isScopeVisible `true`: an administrator can request fewer scopes
 */
export const googleAuthTypes = (options: {
  readonly scope?: string;
  readonly earsScope?: string;
  readonly isScopeVisible?: boolean;
}): readonly AuthTypeEntry[] => {
  const { scope, earsScope = scope, isScopeVisible = false } = options;
  return [
    {
      type: 'oauth_authorization_code',
      isRecommended: true,
      defaults: scope === undefined ? {} : { scope },
      ...(isScopeVisible ? {} : { overrides: { meta: { scope: { hidden: true } } } }),
    },
    {
      type: 'ears',
      defaults: { provider: 'google', ...(earsScope === undefined ? {} : { scope: earsScope }) },
      isExperimental: true,
      overrides: { meta: { scope: { disabled: true } } },
    },
  ];
};

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
