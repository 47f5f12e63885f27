import { z } from 'zod';
import { defineGoogleApi, googleScope } from '../../google_apis/index.ts';

/** Origin of the API. */
export const GOOGLE_API = 'https://www.googleapis.com';

/** Declares operations of version 3 of the API of Google Drive. All of them read. */
export const { operation } = defineGoogleApi({
  name: 'Google Drive API',
  baseUrl: `${GOOGLE_API}/drive/v3`,
  oauthScopes: { read: [[googleScope('drive.readonly'), googleScope('drive')]] },
});

/**
 * A number of bytes. Drive sends int64 values as text; numbers are accepted too. `pipe` states the
 * type of the result for the JSON Schema of the output.
 */
export const byteCount = () =>
  z
    .union([z.string().regex(/^\d{1,15}$/), z.int().min(0).transform(String).pipe(z.string())])
    .optional()
    .catch(undefined);
