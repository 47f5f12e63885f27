import { z } from 'zod';
import { googlePages, pageToken, texts } from '../../google_apis/index.ts';
import { textOf } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { byteCount, operation, READ } from './drive_api.ts';

const LIST_FIELDS =
  'nextPageToken, files(id, name, mimeType, size, createdTime, modifiedTime, webViewLink)';
const ORDER_KEYS = ['createdTime', 'modifiedTime', 'name'] as const;

const listPage = {
  pageSize: z.int().min(1).max(1_000).default(250).describe('Files per page, max 1000'),
  pageToken: pageToken(),
  orderBy: z
    .enum([...ORDER_KEYS.flatMap((key) => [key, `${key} desc` as const]), ''])
    .optional()
    .describe('Sort order, for example "modifiedTime desc"'),
};

/** Action that searches with Drive's syntax. Returns one page. */
export const searchFiles = operation('GET /files', {
  description:
    "Searches the user's Google Drive with a query in Drive's search syntax (fields name, fullText, mimeType, modifiedTime, " +
    'owners, parents, trashed; operators contains, =, !=, <, >, in, and, or, not; text in single quotes). Returns one page of files.',
  input: {
    query: textOf(10_000).describe(
      'Drive search query, for example: name contains \'plan\' and mimeType = "text/csv"',
    ),
    ...listPage,
  },
  wire: { query: 'q' },
  fixed: {
    query: { fields: LIST_FIELDS, supportsAllDrives: true, includeItemsFromAllDrives: true },
  },
  output: z.object({
    id: z.string(),
    ...texts('name', 'mimeType'),
    size: byteCount(),
    ...texts('createdTime', 'modifiedTime', 'webViewLink'),
  }),
  pages: googlePages('files'),
  oauthScopes: READ,
});

/** A text in the search syntax. Escapes quotes, so that an id cannot change the query. */
const quoted = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`;

/** Action that lists the files of a folder. Returns one page. */
export const listFiles = defineAction({
  input: searchFiles.input.omit({ query: true }).extend({
    folderId: z.string().max(256).default('root').describe('Folder id; "root" is My Drive'),
    includeTrashed: z.boolean().default(false).describe('Also list files in the trash'),
  }),
  output: searchFiles.output,
  isTool: true,
  scope: 'read',
  oauthScopes: READ,
  description:
    "Lists files and folders directly inside one folder of the user's Google Drive, one page at a time.",
  handler: (context, { folderId, includeTrashed, ...page }) => {
    const inFolder = `${quoted(folderId === '' ? 'root' : folderId)} in parents`;
    const query = includeTrashed ? inFolder : `${inFolder} and trashed=false`;
    return searchFiles.call(context, { ...page, query });
  },
});
