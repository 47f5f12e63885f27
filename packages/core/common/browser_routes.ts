import { z } from 'zod';
import { defineRoute } from './define_route.ts';

/** Start of the paths of all files of the web app. */
export const ASSETS_PATH = '/assets/';

/**
 * Name of the session's user, percent-encoded. In every response to a browser with a session. In a
 * request it names the user of the page: a change for another user is refused with 412.
 */
export const USER_HEADER = 'x-latchkey-user';

/** Page of the web app. Its script reads the rest of the path. */
export const showShell = defineRoute({
  method: 'get',
  path: '/app/{path*}',
  access: 'public',
  summary: 'Show the web app',
  tags: ['system'],
  responses: { 200: { description: 'The page of the web app.' } },
});

/** Root of the server, which redirects to a page of the web app. */
export const showHome = defineRoute({
  method: 'get',
  path: '/',
  access: 'public',
  summary: 'Go to the first page of the web app',
  tags: ['system'],
  responses: { 302: { description: 'To a page of the web app.' } },
});

/**
 * File of the web app: script, style, font or picture. Its name changes with its content, so that
 * browsers may keep it for ever. Needs no user: the files are the same in every installation.
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
