import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { setConnectorActionErrorMeta } from '../contract/errors.ts';

/**
 * Form in which the caller wants the content of a file. `text`: text if the content is text, else
 * base64.
 */
export type FileFormat = 'text' | 'base64';

/**
 * An input that is the content of a file in base64, for operations with `upload` and for APIs that
 * take base64.
 * @param maxBytes maximum size of the file in bytes
 */
export const fileInput = (maxBytes: number) => z.base64().max(Math.ceil(maxBytes / 3) * 4);

/** Content of a file in the result of an action. */
export const contentSchema = z.object({
  content: z.string(),
  encoding: z.enum(['base64', 'utf-8']),
  /** Number of bytes of the content. */
  byteLength: z.number(),
});

/**
 * Reads a file for the result of an action. The egress limits its size, before and while it is
 * read. If reading fails, the size is attached to the error, so that the caller can raise the
 * limit.
 * @param read requests the bytes, for example by an operation with `response: 'bytes'`
 * @param file.format `text`: the content is returned as text if its bytes are UTF-8 without the
 *   character NUL. The media type does not decide, because JSON and XML, for example, have types of
 *   `application/`
 * @param file.size in bytes, if it is known before the request
 * @throws errors of `read`
 */
export async function readContent(
  read: () => Promise<Buffer>,
  file: {
    readonly format: FileFormat;
    readonly size?: number | undefined;
  },
): Promise<z.output<typeof contentSchema>> {
  try {
    const bytes = await read();
    const isText = file.format === 'text' && isUtf8(bytes) && !bytes.includes(0);
    return {
      content: bytes.toString(isText ? 'utf8' : 'base64'),
      encoding: isText ? 'utf-8' : 'base64',
      byteLength: bytes.byteLength,
    };
  } catch (error) {
    if (file.size !== undefined) {
      setConnectorActionErrorMeta(error, {
        contentLengthBytes: file.size,
        // Base64 encodes 3 bytes as 4 characters.
        estimatedOutputBytes: Math.ceil(file.size / 3) * 4,
      });
    }
    throw error;
  }
}

/** A downloaded file in the result of an action. `size`: bytes of the content. */
export const downloadSchema = contentSchema
  .omit({ byteLength: true })
  .extend({ id: z.string(), size: z.string() });

/**
 * Reads a file for a result of {@link downloadSchema}, as text if its content is text.
 * @throws errors of `file.read`
 */
export async function download(
  id: string,
  file: { readonly read: () => Promise<Buffer>; readonly size?: number | null | undefined },
): Promise<z.output<typeof downloadSchema>> {
  const { byteLength, ...content } = await readContent(file.read, {
    format: 'text',
    size: file.size ?? undefined,
  });
  return { id, size: String(byteLength), ...content };
}
