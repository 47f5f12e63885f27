import { z } from 'zod';
import { defineApi } from '../../operations/index.ts';

/** Origin of the API. */
export const GOOGLE_API = 'https://www.googleapis.com';

/** Declares operations of version 3 of the API of Google Drive. */
export const { operation } = defineApi({
  name: 'Google Drive API',
  baseUrl: `${GOOGLE_API}/drive/v3`,
  provider: 'google',
  errors: { message: ['error.message'], code: ['error.errors.*.reason', 'error.status'] },
});

/** Id of a file or folder. */
export const fileId = () => z.string().min(1).max(256);

/** Text that may be missing, or is omitted if it is not text. */
export const text = () => z.string().optional().catch(undefined);

/** A byte count. Drive sends int64 as text; numbers are accepted too. */
export const byteCount = () =>
  z
    .union([z.string().regex(/^\d{1,15}$/), z.int().min(0).transform(String)])
    .optional()
    .catch(undefined);
