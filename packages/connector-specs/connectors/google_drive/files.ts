import { z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import { contentSchema, readContent } from '../../file_content/index.ts';
import { googlePages, lenientTexts, pageToken } from '../../google_apis/index.ts';
import { bytes, composed, pageSize, textOf } from '../../operations/index.ts';
import { mapConcurrently } from '../../vendor_calls/index.ts';
import { byteCount, operation } from './drive_api.ts';

const LIST_FIELDS =
  'nextPageToken, files(id, name, mimeType, size, createdTime, modifiedTime, webViewLink)';
const ORDER_KEYS = ['createdTime', 'modifiedTime', 'name'] as const;
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

const fileId = () => textOf(256);
const getMetadata = operation('GET /files/{fileId}', {
  input: { fileId: fileId() },
  fixed: { query: { fields: 'id, name, mimeType, size', supportsAllDrives: true } },
  output: z.object({
    ...lenientTexts('id', 'name'),
    mimeType: z.string().max(256).default('application/octet-stream'),
    size: byteCount(),
  }),
});
const getDetails = operation('GET /files/{fileId}', {
  input: { fileId: fileId() },
  fixed: { query: { fields: DETAILS, supportsAllDrives: true } },
  output: z.looseObject({ id: z.string() }),
});
const getContent = operation('GET /files/{fileId}', {
  input: { fileId: fileId() },
  ...bytes({ alt: 'media', supportsAllDrives: true }),
});
const exportContent = operation('GET /files/{fileId}/export', {
  input: { fileId: fileId(), mimeType: z.string() },
  ...bytes(),
});

const listPage = {
  pageSize: pageSize('Files', { max: 1_000, byDefault: 250 }),
  pageToken: pageToken(),
  orderBy: z
    .enum([...ORDER_KEYS.flatMap((key) => [key, `${key} desc` as const]), ''])
    .optional()
    .describe('Sort order, for example "modifiedTime desc"'),
};
const list = {
  fixed: {
    query: { fields: LIST_FIELDS, supportsAllDrives: true, includeItemsFromAllDrives: true },
  },
  output: z.object({
    id: z.string(),
    ...lenientTexts('name', 'mimeType'),
    size: byteCount(),
    ...lenientTexts('createdTime', 'modifiedTime', 'webViewLink'),
  }),
  pages: googlePages('files'),
} as const;

/** A text in the search syntax. Escapes quotes, so that an id cannot change the query. */
const quoted = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`;

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

/** Actions for files and folders. */
export const fileActions = {
  searchFiles: operation('GET /files', {
    ...list,
    description:
      "Searches the user's Google Drive with a query in Drive's search syntax (fields name, fullText, mimeType, modifiedTime, owners, parents, trashed; operators contains, =, !=, <, >, in, and, or, not; text in single quotes). Returns one page of files.",
    input: {
      query: textOf(10_000).describe(
        'Drive search query, for example: name contains \'plan\' and mimeType = "text/csv"',
      ),
      ...listPage,
    },
    wire: { query: 'q' },
  }),
  listFiles: operation('GET /files', {
    ...list,
    description:
      "Lists files and folders directly inside one folder of the user's Google Drive, one page at a time.",
    input: {
      folderId: z
        .string()
        .max(256)
        .default('root')
        .transform((id) => `${quoted(id || 'root')} in parents`)
        .describe('Folder id; "root" is My Drive'),
      includeTrashed: z
        .boolean()
        .default(false)
        .transform((isIncluded) => (isIncluded ? '' : ' and trashed=false'))
        .describe('Also list files in the trash'),
      ...listPage,
    },
    wire: { folderId: 'q', includeTrashed: { appendTo: 'folderId' } },
  }),
  downloadFile: composed([getMetadata, getContent, exportContent], {
    description:
      'Downloads one file. Returns id, name, mimeType and size in bytes of the content, the content, and its encoding: "utf-8" or "base64". With responseType "text", Google documents are exported as Markdown, spreadsheets as CSV and other Google formats as plain text; otherwise spreadsheets are exported as XLSX and other Google formats as PDF. Google exports at most 10 MB. Other files are not converted; the limit of the server for responses applies.',
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
    handler: async (context, { fileId: id, responseType }) => {
      const metadata = await getMetadata.call(context, { fileId: id });
      if (metadata.mimeType === `${GOOGLE_TYPE}folder`)
        throw new ConnectorActionError('invalid_input', 'a folder has no content to download');
      const exportType = exportTypeOf(metadata.mimeType, responseType);
      // Type and size of the returned content. After an export they differ from those of the file.
      const mimeType = exportType ?? metadata.mimeType;
      const { byteLength, ...content } = await readContent(
        () =>
          exportType === undefined
            ? getContent.call(context, { fileId: id })
            : exportContent.call(context, { fileId: id, mimeType }),
        {
          format: responseType === 'text' ? 'text' : 'base64',
          size: metadata.size === undefined ? undefined : Number(metadata.size),
        },
      );
      const size = (exportType === undefined ? metadata.size : undefined) ?? String(byteLength);
      return { id: metadata.id ?? id, name: metadata.name, mimeType, size, ...content };
    },
  }),
  getFileMetadata: composed([getDetails], {
    description:
      'Reads details of up to 100 files: owners, sharing and permissions, labels, folders, times, links, and what the user may do. Fails for all if one of the files does not exist or is not visible to the user.',
    input: z.strictObject({
      fileIds: z.array(fileId()).min(1).max(100).describe('Ids of the files, max 100'),
    }),
    output: z.object({ files: z.array(getDetails.output) }),
    handler: async (context, { fileIds }) => ({
      files: await mapConcurrently(fileIds, CONCURRENCY, (id) =>
        getDetails.call(context, { fileId: id }),
      ),
    }),
  }),
};
