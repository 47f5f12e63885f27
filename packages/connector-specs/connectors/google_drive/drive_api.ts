import { z } from 'zod';
import { defineGoogleApi } from '../../google_apis/index.ts';
import { textOf } from '../../operations/index.ts';

/** Origin of the API. */
export const GOOGLE_API = 'https://www.googleapis.com';

/** Declares operations of version 3 of the API of Google Drive. */
export const { operation } = defineGoogleApi({
  name: 'Google Drive API',
  baseUrl: `${GOOGLE_API}/drive/v3`,
});

/** Scopes for reading files and their metadata. Each of them suffices. */
export const READ = [
  ['https://www.googleapis.com/auth/drive.readonly', 'https://www.googleapis.com/auth/drive'],
] as const;

/** Id of a file or folder. */
export const fileId = () => textOf(256);

/** A number of bytes. Drive sends int64 values as text; numbers are accepted too. */
export const byteCount = () =>
  z
    .union([z.string().regex(/^\d{1,15}$/), z.int().min(0).transform(String)])
    .optional()
    .catch(undefined);
