import type { PageAppearance, UrlBuilder } from '@latchkey/core/server';
import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import { type PageRequest, type PageServices, Pages } from './page_services.ts';

/**
 * A request of a browser in which Ana is signed in, or in which nobody is and whose last user has
 * chosen this appearance.
 */
export const aPageRequest = (
  { theme, language }: PageAppearance,
  { isSignedOut }: { readonly isSignedOut: boolean },
): PageRequest => ({
  cookies: { appearance: `${theme}.${language}` },
  headers: { accept: 'text/html' },
  remoteAddress: '127.0.0.1',
  requestId: '0e9bc1f2-5f3d-4c6e-9d43-5b2b1a0f7c11',
  spaceId: 'default',
  user: isSignedOut ? undefined : anAuthenticatedUser({ username: 'ana', fullName: 'Ana Costa' }),
});

/** Services that render pages for a user who has chosen this appearance. */
export function pageServicesFor(appearance: PageAppearance, urls: UrlBuilder): PageServices {
  const users = {
    getPageUser: async ({ user }: Pick<PageRequest, 'user'>) => ({
      user,
      settings: appearance,
      privileges: [],
    }),
  };
  return { pages: new Pages({ users, logger: createLoggerMock() }), urls };
}
