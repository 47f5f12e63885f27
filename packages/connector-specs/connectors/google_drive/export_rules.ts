/** Request and encoding for the content of a file. */
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
 * Plans the download of a file. Files in formats of Google have no bytes and must be exported.
 * Other files are returned as text only if they are text, because decoding other bytes would
 * corrupt them.
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
