import { isAnyArrayBuffer } from 'node:util/types';

/** The bytes of an answer, whichever binary form the HTTP client gave them; `undefined`: it is not binary. */
export const bytesOf = (data: unknown): Buffer | undefined => {
  if (isAnyArrayBuffer(data)) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return undefined;
};
