import { z } from 'zod';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { getJson } from './drive_api.ts';
import { fileList, LIST_FIELDS, orderBy, pageSize, pageToken } from './file_list.ts';

/**
 * A string literal of the search syntax of Drive. Escapes quotes, so that an id cannot change the
 * query.
 */
const queryLiteral = (value: string): string =>
  `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

/** Lists the files of one folder. */
export const listFiles = defineAction({
  input: z.strictObject({
    folderId: z.string().max(256).default('root').describe('Folder id; "root" is My Drive'),
    pageSize: pageSize(),
    pageToken: pageToken(),
    orderBy: orderBy(),
    includeTrashed: z.boolean().default(false).describe('Also list files in the trash'),
  }),
  output: fileList,
  isTool: true,
  scope: 'read',
  description:
    "Lists files and folders directly inside one folder of the user's Google Drive, one page at a time.",
  handler: (context, input) => {
    const inFolder = `${queryLiteral(input.folderId === '' ? 'root' : input.folderId)} in parents`;
    return getJson(context, {
      path: '/files',
      query: {
        q: input.includeTrashed ? inFolder : `${inFolder} and trashed=false`,
        pageSize: input.pageSize,
        pageToken: input.pageToken,
        orderBy: input.orderBy,
        fields: LIST_FIELDS,
      },
      shape: fileList,
    });
  },
});
