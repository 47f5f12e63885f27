import { z } from 'zod';

/** Fields that are requested for each file, so that Drive does not send all of them. */
export const LIST_FIELDS =
  'nextPageToken, files(id, name, mimeType, size, createdTime, modifiedTime, webViewLink)';

const text = () => z.string().optional().catch(undefined);

/** A byte count. Drive sends int64 as text; numbers are accepted too. */
export const byteCount = () =>
  z
    .union([z.string(), z.number().transform(String)])
    .optional()
    .catch(undefined);

/** One page of files in a response of Drive. */
export const fileList = z.object({
  files: z
    .array(
      z.object({
        id: z.string(),
        name: text(),
        mimeType: text(),
        size: byteCount(),
        createdTime: text(),
        modifiedTime: text(),
        webViewLink: text(),
      }),
    )
    .default([]),
  nextPageToken: text(),
});

/** Files per page. */
export const pageSize = () =>
  z.int().min(1).max(1_000).default(250).describe('Files per page, max 1000');

/** Cursor of an earlier page. Empty means absent. */
export const pageToken = () =>
  z.string().max(4_096).optional().describe('nextPageToken of the previous page');

/** Sort keys of Drive, ascending or descending. Empty means absent. */
export const orderBy = () =>
  z
    .enum([
      'createdTime',
      'createdTime desc',
      'modifiedTime',
      'modifiedTime desc',
      'name',
      'name desc',
      '',
    ])
    .optional()
    .describe('Sort order, for example "modifiedTime desc"');
