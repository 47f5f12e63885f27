import { z } from 'zod';
import { defineAction } from '../../spec_definition/define_spec.ts';
import { mapConcurrently } from '../../vendor_calls/index.ts';
import { fileId, filePath, getJson } from './drive_api.ts';

const FIELDS = [
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

/** Concurrent calls, below the rate limit of Drive per user. */
const CONCURRENCY = 5;

const metadata = z.looseObject({ id: z.string() });

/** Reads the metadata of files. */
export const getFileMetadata = defineAction({
  input: z.strictObject({
    fileIds: z.array(fileId()).min(1).max(100).describe('Ids of the files, max 100'),
  }),
  output: z.object({ files: z.array(metadata) }),
  isTool: true,
  scope: 'read',
  description:
    'Reads details of up to 100 files: owners, sharing and permissions, labels, folders, times, links, and what the user may do.',
  handler: async (context, input) => ({
    files: await mapConcurrently(input.fileIds, CONCURRENCY, (id) =>
      getJson(context, {
        path: filePath(id),
        query: { fields: FIELDS, supportsAllDrives: true },
        shape: metadata,
      }),
    ),
  }),
});
