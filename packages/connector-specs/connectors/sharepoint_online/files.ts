import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import * as graph from '../../microsoft_graph/index.ts';
import { bytes, composed, optionalText } from '../../operations/index.ts';
import { defineAction } from '../../spec_definition/index.ts';

/** Scopes of which each suffices for reading files, the last one for those of selected sites. */
const READ_FILES = [
  'Files.Read.All',
  'Files.ReadWrite.All',
  'Sites.Read.All',
  'Sites.ReadWrite.All',
  'Sites.Selected',
] as const;
const { operation, check } = graph.defineGraphApi(READ_FILES);

const itemOf = {
  driveId: graph.id().describe('Id of the drive'),
  itemId: graph.id().describe('Id of the file or folder'),
};
const getItem = operation('GET /drives/{driveId}/items/{itemId}', {
  input: itemOf,
  output: graph.driveItem,
});
const getItemContent = operation('GET /drives/{driveId}/items/{itemId}/content', {
  input: itemOf,
  ...bytes(),
  redirectHosts: graph.FILE_HOSTS,
});

/** Actions for files. */
export const fileActions = {
  getDriveItems: operation('GET /drives/{driveId}/root:/{path}:/children', {
    description:
      'Lists files and folders directly inside a folder of a drive, with id, name, size and address, one page at a time.',
    input: {
      driveId: itemOf.driveId,
      pageToken: graph.pageToken(),
      path: optionalText(1_024)
        .transform((path) => path?.replace(/^\/+|(?<!\/)\/+$/g, '') || undefined)
        .describe('Path of a folder, for example "Reports/2026". Default: the root folder'),
    },
    multiSegment: ['path'],
    pathWithout: { path: '/drives/{driveId}/root/children' },
    output: graph.driveItem,
    pages: graph.graphPages,
  }),
  downloadDriveItem: composed([getItem, getItemContent], {
    description:
      'Downloads one file of a drive as UTF-8 text. Use it for text files; use downloadItemFromURL with @microsoft.graph.downloadUrl for others.',
    input: getItem.input,
    output: z.object({ contentType: z.string(), contentLength: z.number(), text: z.string() }),
    handler: async (context, input) => {
      const file = await graph.readFile({
        facts: () => getItem.call(context, input),
        content: () => getItemContent.call(context, input),
      });
      if (file.encoding !== 'utf-8')
        throw new ConnectorActionError(
          'invalid_input',
          'the file is not text; use its download URL',
        );
      return { contentType: file.mimeType, contentLength: file.byteLength, text: file.content };
    },
  }),
  downloadItemFromURL: defineAction({
    oauthScopes: [READ_FILES],
    isScopeRequired: false,
    scope: 'read',
    isTool: true,
    description:
      'Downloads one file by its download URL, in base64. getDriveItems returns the URL of each file. Sends no credentials.',
    input: z.strictObject({
      downloadUrl: graph
        .downloadUrl()
        .describe('@microsoft.graph.downloadUrl of a file. It expires after about an hour'),
    }),
    output: z.object({ contentType: z.string(), contentLength: z.number(), base64: z.string() }),
    handler: async (context, { downloadUrl }) => {
      const response = await graph.requestFile(context, downloadUrl);
      check(context, response);
      const { headers, body } = response;
      return {
        contentType: [headers['content-type']].flat()[0] ?? 'application/octet-stream',
        contentLength: body.byteLength,
        base64: body.toString('base64'),
      };
    },
  }),
};
