import { z } from 'zod';
import { defineRoute } from './define_route.ts';

/** Start of the paths of all files of the web app. */
export const ASSETS_PATH = '/assets/';

/**
 * Header with the percent-encoded name of the session's user. Every response to a browser with a
 * session has it. In a request it names the user for whom the page was rendered: a change is
 * refused with 412 if the session belongs to another user.
 */
export const USER_HEADER = 'x-latchkey-user';

/** Route of the page of the web app. The script of the page reads the rest of the path. */
export const showShell = defineRoute({
  method: 'get',
  path: '/app/{path*}',
  access: 'public',
  summary: 'Show the web app',
  tags: ['system'],
  responses: { 200: { description: 'The page of the web app.' } },
});

/** Route of the root of the server, which redirects to a page of the web app. */
export const showHome = defineRoute({
  method: 'get',
  path: '/',
  access: 'public',
  summary: 'Go to the first page of the web app',
  tags: ['system'],
  responses: { 302: { description: 'To a page of the web app.' } },
});

/**
 * Route of the files of the web app: scripts, styles, fonts and pictures. The name of a file
 * changes with its content, so browsers may cache it without a time limit. The route needs no user,
 * because the files are the same in every installation.
 */
export const readAsset = defineRoute({
  method: 'get',
  path: `${ASSETS_PATH}{file*}`,
  access: 'public',
  summary: 'Serve a file of the web app',
  tags: ['system'],
  authentication: 'none',
  isPage: false,
  params: z.object({ file: z.string() }),
});
