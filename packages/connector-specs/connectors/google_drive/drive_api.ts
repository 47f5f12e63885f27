import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { type ZodType, z } from 'zod';
import { ConnectorActionError } from '../../contract/errors.ts';
import type { ActionContext } from '../../contract/types.ts';
import { bytesOf, toVendorError } from '../../vendor_calls/index.ts';

const BASE_URL = 'https://www.googleapis.com/drive/v3';
const API = 'Google Drive API';

/**
 * Query parameters. Omits `undefined` and `''`: forms and templates send empty strings for absent
 * values.
 */
export type DriveQuery = Readonly<Record<string, string | number | boolean | undefined>>;

const errorBody = z.object({
  error: z.object({
    status: z.string().optional().catch(undefined),
    errors: z
      .array(z.object({ reason: z.string().optional().catch(undefined) }))
      .optional()
      .catch(undefined),
  }),
});

const reasonOf = (body: unknown): string | undefined => {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return undefined;
  return parsed.data.error.errors?.[0]?.reason ?? parsed.data.error.status;
};

const urlOf = (path: string, query: DriveQuery): string => {
  const url = new URL(`${BASE_URL}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return url.href;
};

const get = async (
  { client, signal }: ActionContext,
  url: string,
  config: AxiosRequestConfig = {},
): Promise<AxiosResponse<unknown>> => {
  try {
    return await client.get<unknown>(url, { ...config, signal });
  } catch (error) {
    throw toVendorError(error, API, reasonOf);
  }
};

/** Path of a file, with the encoded id. {@link fileId} rejects `.` and `..`. */
export const filePath = (id: string): string => `/files/${encodeURIComponent(id)}`;

/** A file id. `.` and `..` are not changed by encoding and would leave `/files/`. */
export const fileId = () =>
  z
    .string()
    .min(1)
    .max(256)
    .regex(/^(?!\.{1,2}$)/, 'must be a file id');

/**
 * Requests JSON and checks its schema.
 * @throws ConnectorActionError `vendor_error`, `unexpected_response`; transport errors unchanged
 */
export const getJson = async <T>(
  context: ActionContext,
  request: { readonly path: string; readonly query: DriveQuery; readonly shape: ZodType<T> },
): Promise<T> => {
  const { data } = await get(context, urlOf(request.path, request.query));
  const parsed = request.shape.safeParse(data);
  if (!parsed.success) {
    throw new ConnectorActionError('unexpected_response', `${API} returned an unexpected response`);
  }
  return parsed.data;
};

/** Requests the bytes of a file. @throws like {@link getJson} */
export const getBytes = async (
  context: ActionContext,
  request: { readonly path: string; readonly query: DriveQuery },
): Promise<Buffer> => {
  const { data } = await get(context, urlOf(request.path, request.query), {
    responseType: 'arraybuffer',
    headers: { Accept: '*/*' },
  });
  const bytes = bytesOf(data);
  if (bytes !== undefined) return bytes;
  throw new ConnectorActionError('unexpected_response', `${API} returned an unexpected response`);
};
