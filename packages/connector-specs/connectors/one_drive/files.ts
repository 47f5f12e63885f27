import { z } from 'zod';
import { contentSchema } from '../../file_content/index.ts';
import {
  driveItem,
  FILE_HOSTS,
  getItem,
  getItemContent,
  readFile,
} from '../../microsoft_graph/drive_items.ts';
import {
  graphPages,
  id,
  needs,
  operation,
  pageToken,
  top,
} from '../../microsoft_graph/graph_api.ts';
import { textOf, texts } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';

const READ_FILES = {
  scope: 'read',
  ...needs('Files.Read.All', 'Files.ReadWrite.All', 'Files.Read'),
} as const;

const itemId = () => id().describe('Id of the file or folder');
const itemInput = z.strictObject({
  itemId: itemId(),
  driveId: id().optional().describe('Id of its drive. Default: the OneDrive of the user'),
});
const list = { ...READ_FILES, output: driveItem, pages: graphPages } as const;
const page = { top: top(200, 50), pageToken: pageToken() };

/** Operations that the handlers call. */
export const fileOperations = {
  listRoot: operation('GET /me/drive/root/children', {
    ...list,
    input: page,
    wire: { top: '$top' },
  }),
  listFolder: operation('GET /me/drive/items/{itemId}/children', {
    ...list,
    input: { ...page, itemId: itemId() },
    wire: { top: '$top' },
  }),
  getOwnItem: operation('GET /me/drive/items/{itemId}', {
    ...READ_FILES,
    input: { itemId: itemId() },
    output: driveItem,
  }),
  getOwnContent: operation('GET /me/drive/items/{itemId}/content', {
    ...READ_FILES,
    input: { itemId: itemId() },
    fixed: { headers: { Accept: '*/*' } },
    response: 'bytes',
    redirectHosts: FILE_HOSTS,
    output: z.instanceof(Buffer),
  }),
  getItem,
  getItemContent,
};
const { getOwnItem, getOwnContent } = fileOperations;

const search = operation("GET /me/drive/root/search(q='{q}')", {
  ...list,
  description:
    'Finds files and folders in the OneDrive of the user by words in name, properties or text, with id, name, size and address.',
  input: {
    query: textOf(1_000)
      // In OData, a quote within a text is doubled.
      .transform((words) => words.replaceAll("'", "''"))
      .describe('Words to find'),
    top: top(200, 25),
    pageToken: pageToken(),
  },
  wire: { query: 'q', top: '$top' },
});

/** Actions for the drive and its files. */
export const fileActions = {
  getDrive: operation('GET /me/drive', {
    ...READ_FILES,
    description: 'Reads the OneDrive of the user: id, type, address, and used and remaining bytes.',
    input: {},
    output: z.looseObject({
      id: z.string(),
      ...texts('name', 'driveType', 'webUrl'),
      quota: z.looseObject({ total: z.number().nullish(), used: z.number().nullish() }).nullish(),
    }),
  }),
  getItemChildren: defineAction({
    ...READ_FILES,
    input: fileOperations.listRoot.input.extend({
      itemId: id().optional().describe('Id of a folder. Default: the root folder'),
    }),
    output: fileOperations.listRoot.output,
    isTool: true,
    description:
      'Lists files and folders directly inside a folder of the OneDrive of the user, with id, name, size and address.',
    handler: (context, { itemId: folder, ...rest }) =>
      folder === undefined
        ? fileOperations.listRoot.call(context, rest)
        : fileOperations.listFolder.call(context, { ...rest, itemId: folder }),
  }),
  search,
  getFileMetadata: defineAction({
    ...READ_FILES,
    input: itemInput,
    output: driveItem,
    isTool: true,
    description:
      'Reads one file or folder: name, size, type, times, address and the folder it is in. Give driveId for items of other drives.',
    handler: (context, { driveId, ...item }) =>
      driveId === undefined
        ? getOwnItem.call(context, item)
        : getItem.call(context, { ...item, driveId }),
  }),
  getFileContent: defineAction({
    ...READ_FILES,
    input: itemInput,
    output: contentSchema.omit({ byteLength: true }).extend({ mimeType: z.string() }),
    isTool: true,
    description:
      'Downloads one file: its text if it is text, else its bytes in base64. Does not convert documents. Give driveId for files of other drives.',
    handler: async (context, { driveId, ...item }) => {
      const read =
        driveId === undefined
          ? {
              facts: () => getOwnItem.call(context, item),
              content: () => getOwnContent.call(context, item),
            }
          : {
              facts: () => getItem.call(context, { ...item, driveId }),
              content: () => getItemContent.call(context, { ...item, driveId }),
            };
      const { byteLength: _, ...file } = await readFile('text', read);
      return file;
    },
  }),
  // Documentation: https://learn.microsoft.com/en-us/graph/api/drive-sharedwithme
  listSharedWithMe: operation('GET /me/drive/sharedWithMe', {
    ...list,
    description:
      'Lists files and folders that others shared with the user. remoteItem has the ids of item and drive for getFileContent. Microsoft ends this list: it may be incomplete, and empty from December 2026 on.',
    input: { pageToken: pageToken() },
  }),
  // Documentation: https://learn.microsoft.com/en-us/graph/api/drive-recent
  listRecentFiles: operation('GET /me/drive/recent', {
    ...list,
    description:
      'Lists files that the user opened or changed recently, the newest first. Microsoft ends this list: it may be incomplete, and empty from December 2026 on.',
    input: { pageToken: pageToken() },
  }),
};
