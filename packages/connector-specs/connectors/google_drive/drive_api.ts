import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { type ZodType, z } from 'zod';
import { ConnectorActionError } from '../../contract/connector_action_error.ts';
import type { ActionContext } from '../../contract/types.ts';
import { bytesOf, toVendorError } from '../../vendor_calls/index.ts';

const BASE_URL = 'https://www.googleapis.com/drive/v3';
const API = 'Google Drive API';

/** Query parameters; `undefined` and `''` are left out, as forms and templates send empty strings for "not given". */
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

/** Path of a file. The id is data, so it is encoded; `.` and `..` are refused by {@link fileId}. */
export const filePath = (id: string): string => `/files/${encodeURIComponent(id)}`;

/** A file's id. `.` and `..` survive encoding and would climb out of `/files/`. */
export const fileId = () =>
  z
    .string()
    .min(1)
    .max(256)
    .regex(/^(?!\.{1,2}$)/, 'must be a file id');

/**
 * GETs JSON and checks its shape.
 * @throws ConnectorActionError `vendor_error`, `unexpected_response`; transport errors unchanged
 */
export const getJson = async <T>(
  context: ActionContext,
  request: { readonly path: string; readonly query: DriveQuery; readonly shape: ZodType<T> },
): Promise<T> => {
  const { data } = await get(context, urlOf(request.path, request.query));
  const parsed = request.shape.safeParse(data);
  if (!parsed.success) {
    throw new ConnectorActionError('unexpected_response', `${API} gave an unexpected answer`);
  }
  return parsed.data;
};

/** GETs a file's bytes. @throws as {@link getJson} */
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
  throw new ConnectorActionError('unexpected_response', `${API} gave an unexpected answer`);
};
