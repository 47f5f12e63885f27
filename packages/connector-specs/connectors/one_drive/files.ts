import { z } from 'zod';
import { contentSchema } from '../../file_content/index.ts';
import * as graph from '../../microsoft_graph/index.ts';
import { bytes, composed, number, pageSize, textOf, texts } from '../../operations/index.ts';

const { operation } = graph.defineGraphApi(['Files.Read.All', 'Files.ReadWrite.All', 'Files.Read']);

const itemOf = {
  itemId: graph.id().describe('Id of the file or folder'),
  driveId: graph.id().optional().describe('Id of its drive. Default: the OneDrive of the user'),
};
const list = { output: graph.driveItem, pages: graph.graphPages } as const;

const getFileMetadata = operation('GET /drives/{driveId}/items/{itemId}', {
  description:
    'Reads one file or folder: name, size, type, times, address and the folder it is in. Give driveId for items of other drives.',
  input: itemOf,
  pathWithout: { driveId: '/me/drive/items/{itemId}' },
  output: graph.driveItem,
});
const getContent = operation('GET /drives/{driveId}/items/{itemId}/content', {
  input: itemOf,
  pathWithout: { driveId: '/me/drive/items/{itemId}/content' },
  ...bytes(),
  redirectHosts: graph.FILE_HOSTS,
});

/** Actions for the drive and its files. */
export const fileActions = {
  getDrive: operation('GET /me/drive', {
    description: 'Reads the OneDrive of the user: id, type, address, and used and remaining bytes.',
    input: {},
    output: z.looseObject({
      id: z.string(),
      ...texts('name', 'driveType', 'webUrl'),
      quota: z.looseObject({ total: number(), used: number() }).nullish(),
    }),
  }),
  getItemChildren: operation('GET /me/drive/items/{itemId}/children', {
    ...list,
    description:
      'Lists files and folders directly inside a folder of the OneDrive of the user, with id, name, size and address.',
    input: {
      top: pageSize('Items', { max: 200, byDefault: 50 }),
      pageToken: graph.pageToken(),
      itemId: graph.id().optional().describe('Id of a folder. Default: the root folder'),
    },
    pathWithout: { itemId: '/me/drive/root/children' },
    wire: { top: '$top' },
  }),
  search: operation("GET /me/drive/root/search(q='{q}')", {
    ...list,
    description:
      'Finds files and folders in the OneDrive of the user by words in name, properties or text, with id, name, size and address.',
    input: {
      query: textOf(1_000)
        // In OData, a quote within a text is doubled.
        .transform((words) => words.replaceAll("'", "''"))
        .describe('Words to find'),
      top: pageSize('Items', { max: 200, byDefault: 25 }),
      pageToken: graph.pageToken(),
    },
    wire: { query: 'q', top: '$top' },
  }),
  getFileMetadata,
  getFileContent: composed([getFileMetadata, getContent], {
    description:
      'Downloads one file: its text if it is text, else its bytes in base64. Does not convert documents. Give driveId for files of other drives.',
    input: z.strictObject(itemOf),
    output: contentSchema.omit({ byteLength: true }).extend({ mimeType: z.string() }),
    handler: async (context, input) => {
      const { byteLength: _, ...file } = await graph.readFile({
        facts: () => getFileMetadata.call(context, input),
        content: () => getContent.call(context, input),
      });
      return file;
    },
  }),
  // Documentation: https://learn.microsoft.com/en-us/graph/api/drive-sharedwithme
  listSharedWithMe: operation('GET /me/drive/sharedWithMe', {
    ...list,
    description:
      'Lists files and folders that others shared with the user. remoteItem has the ids of item and drive for getFileContent. Microsoft retires this list: it may be incomplete, and is empty from December 2026 on.',
    input: { pageToken: graph.pageToken() },
  }),
  // Documentation: https://learn.microsoft.com/en-us/graph/api/drive-recent
  listRecentFiles: operation('GET /me/drive/recent', {
    ...list,
    description:
      'Lists files that the user opened or changed recently, the newest first. Microsoft retires this list: it may be incomplete, and is empty from December 2026 on.',
    input: { pageToken: graph.pageToken() },
  }),
};
