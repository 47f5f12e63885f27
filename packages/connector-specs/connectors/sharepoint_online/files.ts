import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import {
  driveItem,
  getItem,
  getItemContent,
  isFileUrl,
  itemOfDrive,
  readFile,
} from '../../microsoft_graph/drive_items.ts';
import { check, graphPages, needs, operation, pageToken } from '../../microsoft_graph/graph_api.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';

/** Scope and OAuth scopes of all actions that read files. */
const READ_FILES = {
  scope: 'read',
  ...needs('Files.Read.All', 'Files.ReadWrite.All', 'Sites.Read.All', 'Sites.ReadWrite.All'),
} as const;
const { driveId } = itemOfDrive;
const list = {
  ...READ_FILES,
  pages: graphPages,
  output: driveItem,
} as const;

/** Operations that the handlers call. */
export const fileOperations = {
  listRoot: operation('GET /drives/{driveId}/root/children', {
    ...list,
    input: { driveId, pageToken: pageToken() },
  }),
  listFolder: operation('GET /drives/{driveId}/root:/{path}:/children', {
    ...list,
    input: { driveId, path: z.string(), pageToken: pageToken() },
    multiSegment: ['path'],
  }),
  getItem,
  getItemContent,
};

/** Actions for files. */
export const fileActions = {
  getDriveItems: defineAction({
    ...READ_FILES,
    input: fileOperations.listRoot.input.extend({
      path: z
        .string()
        .max(1_024)
        .optional()
        .describe('Path of a folder, for example "Reports/2026". Default: the root folder'),
    }),
    output: fileOperations.listRoot.output,
    isTool: true,
    description:
      'Lists files and folders directly inside a folder of a drive, with id, name, size and address, one page at a time.',
    handler: (context, { path = '', ...page }) => {
      const folder = path.replace(/^\/+|(?<!\/)\/+$/g, '');
      return folder === ''
        ? fileOperations.listRoot.call(context, page)
        : fileOperations.listFolder.call(context, { ...page, path: folder });
    },
  }),
  downloadDriveItem: defineAction({
    ...READ_FILES,
    input: z.strictObject(itemOfDrive),
    output: z.object({ contentType: z.string(), contentLength: z.number(), text: z.string() }),
    isTool: true,
    description:
      'Downloads one file of a drive as UTF-8 text. Use it for text files; use downloadItemFromURL with @microsoft.graph.downloadUrl for others.',
    handler: async (context, input) => {
      const file = await readFile('text', {
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
    ...READ_FILES,
    input: z.strictObject({
      downloadUrl: z
        .url({ protocol: /^https$/ })
        .max(8_192)
        .refine((value) => isFileUrl(new URL(value)), {
          message: 'is not a download URL of SharePoint or OneDrive',
        })
        .describe('@microsoft.graph.downloadUrl of a file. It expires after about an hour'),
    }),
    output: z.object({ contentType: z.string(), contentLength: z.number(), base64: z.string() }),
    isTool: true,
    description:
      'Downloads one file by its download URL, in base64. getDriveItems returns the URL of each file. Sends no credentials.',
    handler: async (context, { downloadUrl }) => {
      const response = await context.request({
        url: downloadUrl,
        isAnonymous: true,
        onRedirect: (to) => {
          if (isFileUrl(to)) return;
          throw new ConnectorActionError(
            'unexpected_response',
            'the file redirects to another host',
          );
        },
      });
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
