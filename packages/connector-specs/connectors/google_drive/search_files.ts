import { z } from 'zod';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { getJson } from './drive_api.ts';
import { fileList, LIST_FIELDS, orderBy, pageSize, pageToken } from './file_list.ts';

/** Finds files with a query in the search syntax of Drive. */
export const searchFiles = defineAction({
  input: z.strictObject({
    query: z
      .string()
      .min(1)
      .max(10_000)
      .describe(
        'Drive search query, for example: name contains \'plan\' and mimeType = "text/csv"',
      ),
    pageSize: pageSize(),
    pageToken: pageToken(),
    orderBy: orderBy(),
  }),
  output: fileList,
  isTool: true,
  scope: 'read',
  description:
    "Searches the user's Google Drive with a query in Drive's search syntax (fields name, fullText, mimeType, modifiedTime, " +
    'owners, parents, trashed; operators contains, =, !=, <, >, in, and, or, not; text in single quotes). Returns one page of files.',
  handler: (context, input) =>
    getJson(context, {
      path: '/files',
      query: {
        q: input.query,
        pageSize: input.pageSize,
        pageToken: input.pageToken,
        orderBy: input.orderBy,
        fields: LIST_FIELDS,
      },
      shape: fileList,
    }),
});
