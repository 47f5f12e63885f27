import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import { contentSchema, readContent } from '../../file_content/index.ts';
import { texts } from '../../google_apis/index.ts';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { mapConcurrently } from '../../vendor_calls/index.ts';
import { byteCount, fileId, operation, READ } from './drive_api.ts';

const GOOGLE_TYPE = 'application/vnd.google-apps.';
const TEXT_EXPORTS: Readonly<Record<string, string>> = {
  document: 'text/markdown',
  spreadsheet: 'text/csv',
};
const BINARY_EXPORTS: Readonly<Record<string, string>> = {
  spreadsheet: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};
const DETAILS = [
  'id, name, mimeType, description, size, md5Checksum, version',
  'createdTime, modifiedTime, viewedByMeTime, sharedWithMeTime',
  'webViewLink, webContentLink, iconLink, parents, driveId, shortcutDetails',
  'starred, trashed, shared, ownedByMe, writersCanShare, labelInfo',
  'owners(displayName, emailAddress, me)',
  'lastModifyingUser(displayName, emailAddress, me)',
  'sharingUser(displayName, emailAddress, me)',
  'permissions(id, type, role, displayName, emailAddress, domain, expirationTime, deleted)',
  'capabilities(canEdit, canComment, canShare, canDownload, canCopy)',
].join(', ');
/** Number of concurrent calls, which stays below the rate limit of Drive for a user. */
const CONCURRENCY = 5;

const reading = { scope: 'read' } as const;
const bytes = {
  ...reading,
  response: 'bytes',
  output: z.instanceof(Buffer),
} as const;
const headers = { Accept: '*/*' };

/** Operations that the handlers call. */
export const fileOperations = {
  getFacts: operation('GET /files/{fileId}', {
    ...reading,
    input: { fileId: fileId() },
    fixed: { query: { fields: 'id, name, mimeType, size', supportsAllDrives: true } },
    output: z.object({
      ...texts('id', 'name'),
      mimeType: z.string().max(256).default('application/octet-stream'),
      size: byteCount(),
    }),
  }),
  getDetails: operation('GET /files/{fileId}', {
    ...reading,
    input: { fileId: fileId() },
    fixed: { query: { fields: DETAILS, supportsAllDrives: true } },
    output: z.looseObject({ id: z.string() }),
  }),
  getContent: operation('GET /files/{fileId}', {
    ...bytes,
    input: { fileId: fileId() },
    fixed: { query: { alt: 'media', supportsAllDrives: true }, headers },
  }),
  exportContent: operation('GET /files/{fileId}/export', {
    ...bytes,
    input: { fileId: fileId(), mimeType: z.string() },
    fixed: { headers },
  }),
};

/**
 * Media type to which a file in a format of Google is exported. `undefined`: the file has bytes of
 * its own, so it is not exported.
 */
const exportTypeOf = (mimeType: string, responseType: string): string | undefined => {
  if (!mimeType.startsWith(GOOGLE_TYPE)) return undefined;
  const kind = mimeType.slice(GOOGLE_TYPE.length);
  return responseType === 'text'
    ? (TEXT_EXPORTS[kind] ?? 'text/plain')
    : (BINARY_EXPORTS[kind] ?? 'application/pdf');
};

/** Action that reads the content of a file; Google documents are exported. */
export const downloadFile = defineAction({
  input: z.strictObject({
    fileId: fileId().describe('Id of the file'),
    responseType: z
      .enum(['arraybuffer', 'text'])
      .default('arraybuffer')
      .describe('"text" returns text if the file is text; "arraybuffer" returns base64'),
  }),
  output: contentSchema.omit({ byteLength: true }).extend({
    id: z.string(),
    name: z.string().optional(),
    mimeType: z.string(),
    size: z.string(),
  }),
  isTool: true,
  scope: 'read',
  oauthScopes: READ,
  description:
    'Downloads one file. Returns id, name, mimeType and size in bytes of the content, the content, and its encoding: "utf-8" or "base64". ' +
    'With responseType "text", Google documents are exported as Markdown, spreadsheets as CSV and other Google formats ' +
    'as plain text; otherwise spreadsheets are exported as XLSX and other Google formats as PDF. Google exports at most 10 MB. ' +
    'Other files are not converted; the limit of the server for responses applies.',
  handler: async (context, { fileId: id, responseType }) => {
    const facts = await fileOperations.getFacts.call(context, { fileId: id });
    if (facts.mimeType === `${GOOGLE_TYPE}folder`) {
      throw new ConnectorActionError('invalid_input', 'a folder has no content to download');
    }
    const exportType = exportTypeOf(facts.mimeType, responseType);
    // Type and size of the returned content. After an export they differ from those of the file.
    const mimeType = exportType ?? facts.mimeType;
    const { byteLength, ...content } = await readContent(
      () =>
        exportType === undefined
          ? fileOperations.getContent.call(context, { fileId: id })
          : fileOperations.exportContent.call(context, { fileId: id, mimeType }),
      {
        format: responseType === 'text' ? 'text' : 'base64',
        size: facts.size === undefined ? undefined : Number(facts.size),
      },
    );
    const size = (exportType === undefined ? facts.size : undefined) ?? String(byteLength);
    return { id: facts.id ?? id, name: facts.name, mimeType, size, ...content };
  },
});

/** Action that reads the metadata of several files. */
export const getFileMetadata = defineAction({
  input: z.strictObject({
    fileIds: z.array(fileId()).min(1).max(100).describe('Ids of the files, max 100'),
  }),
  output: z.object({ files: z.array(z.looseObject({ id: z.string() })) }),
  isTool: true,
  scope: 'read',
  oauthScopes: READ,
  description:
    'Reads details of up to 100 files: owners, sharing and permissions, labels, folders, times, links, and what the user may do. ' +
    'Fails for all if one of the files does not exist or is not visible to the user.',
  handler: async (context, { fileIds }) => ({
    files: await mapConcurrently(fileIds, CONCURRENCY, (id) =>
      fileOperations.getDetails.call(context, { fileId: id }),
    ),
  }),
});
