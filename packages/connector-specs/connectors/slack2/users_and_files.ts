import { z } from 'zod';
import {
  fieldsOf,
  flags,
  object,
  optionalText,
  pageNumber,
  pageSize,
  textOf,
  texts,
} from '../../operations/index.ts';
import * as fields from './fields.ts';
import { operation } from './slack_api.ts';

const required = fieldsOf(() => z.string());
/** A member of the workspace. */
const user = z.object({
  id: z.string(),
  ...texts('name', 'real_name', 'locale', 'tz'),
  ...flags('deleted', 'is_bot', 'is_admin'),
  profile: object(texts('display_name', 'email', 'title', 'status_text')),
});

/** Actions for the user who connected, other users and files. */
export const userAndFileActions = {
  whoAmI: operation('GET /auth.test', {
    description:
      'Returns the Slack user and the workspace of the credentials. Use it to find out who "me" is, and to check that the connection works.',
    input: {},
    output: z.object({ ...required('user_id', 'user', 'team_id', 'team'), ...texts('url') }),
  }),
  listUsers: operation('GET /users.list', {
    description:
      'Lists the members of the workspace, bots and deactivated users included, with name, title and time zone. Use lookupUserByEmail to find one user.',
    input: { ...fields.page(200), includeLocale: fields.includeLocale() },
    ...fields.listOf('members', user),
    oauthScopes: ['users:read'],
  }),
  lookupUserByEmail: operation('GET /users.lookupByEmail', {
    description:
      'Finds the active member of the workspace with an email address. Fails with users_not_found if there is none.',
    input: { email: textOf(320).describe('Complete email address') },
    output: z.object({ user }),
    oauthScopes: ['users:read.email'],
  }),
  getFileInfo: operation('GET /files.info', {
    description:
      'Reads name, type, size, owner and links of one file that the user can see. Does not return the content of the file.',
    input: { file: textOf(64).describe('Id of the file, for example "F0123456789"') },
    output: z.object({ file: fields.file }),
    oauthScopes: ['files:read'],
  }),
  listFiles: operation('GET /files.list', {
    description:
      'Lists files that the user can see, the newest first, of one channel, one user or the whole workspace. Does not return the content of files.',
    input: {
      channel: fields.channelId().optional(),
      user: fields.userId().optional(),
      tsFrom: fields.time('Only files since this Unix time in seconds'),
      tsTo: fields.time('Only files until this Unix time in seconds'),
      types: optionalText(128).describe(
        'Types of files, separated by commas: images, pdfs, snippets, gdocs, zips, spaces',
      ),
      count: pageSize('Files', { max: 200, byDefault: 100 }),
      page: pageNumber(10_000),
    },
    output: fields.file,
    pages: {
      next: 'page',
      cursor: 'page',
      size: 'count',
      items: 'files',
      total: 'paging.total',
      names: { items: 'files', hasMore: 'hasMore' },
    },
    oauthScopes: ['files:read'],
  }),
};
