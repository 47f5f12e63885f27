/** How a file's content is fetched and handed over. */
export type DownloadPlan =
  | { readonly via: 'media'; readonly encoding: 'base64' | 'utf-8' }
  | {
      readonly via: 'export';
      readonly encoding: 'base64' | 'utf-8';
      readonly exportMimeType: string;
    };

const GOOGLE_NATIVE_PREFIX = 'application/vnd.google-apps.';
const DOCUMENT = `${GOOGLE_NATIVE_PREFIX}document`;
const SPREADSHEET = `${GOOGLE_NATIVE_PREFIX}spreadsheet`;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A folder has no content to download. */
export const FOLDER_MIME_TYPE = `${GOOGLE_NATIVE_PREFIX}folder`;

const textExport = (mimeType: string): string => {
  if (mimeType === DOCUMENT) return 'text/markdown';
  return mimeType === SPREADSHEET ? 'text/csv' : 'text/plain';
};

/**
 * Google's own file types have no bytes and must be exported. An ordinary file asked for as text stays base64 unless it is text, since
 * decoding other bytes would destroy them.
 */
export const planDownload = (
  mimeType: string,
  responseType: 'arraybuffer' | 'text',
): DownloadPlan => {
  if (mimeType.startsWith(GOOGLE_NATIVE_PREFIX)) {
    return responseType === 'text'
      ? { via: 'export', encoding: 'utf-8', exportMimeType: textExport(mimeType) }
      : {
          via: 'export',
          encoding: 'base64',
          exportMimeType: mimeType === SPREADSHEET ? XLSX : 'application/pdf',
        };
  }
  const isText = responseType === 'text' && mimeType.startsWith('text/');
  return { via: 'media', encoding: isText ? 'utf-8' : 'base64' };
};
