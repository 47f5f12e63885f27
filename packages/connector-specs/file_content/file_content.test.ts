import { describe, expect, it } from 'vitest';
import { getConnectorActionErrorMeta } from '../contract/errors.ts';
import { contentSchema, type FileFormat, readContent } from './index.ts';

const TEXT = Buffer.from('Grüße');
const LATIN_1 = Buffer.from('Grüße', 'latin1');

describe('the content of a file', () => {
  it.each<[string, FileFormat, Buffer, 'utf-8' | 'base64']>([
    ['UTF-8', 'text', TEXT, 'utf-8'],
    ['JSON', 'text', Buffer.from('{"a": 1}'), 'utf-8'],
    ['Latin-1', 'text', LATIN_1, 'base64'],
    ['UTF-8', 'base64', TEXT, 'base64'],
    ['UTF-8 with NUL', 'text', Buffer.from('a\0b'), 'base64'],
  ])(
    'keeps every byte when it is %s and requested as %s',
    async (...[, format, bytes, encoding]) => {
      const content = await readContent(async () => bytes, { format });
      expect(contentSchema.parse(content)).toEqual(content);
      expect(content).toMatchObject({ encoding, byteLength: bytes.byteLength });
      expect(Buffer.from(content.content, encoding)).toEqual(bytes);
    },
  );

  it('has its size in the error when it cannot be read', async () => {
    const failure = new Error('too large');
    const read = () => Promise.reject(failure);
    const file = { format: 'text', size: 7 } as const;
    await expect(readContent(read, file)).rejects.toBe(failure);
    expect(getConnectorActionErrorMeta(failure)).toEqual({
      contentLengthBytes: 7,
      estimatedOutputBytes: 12,
    });
  });
});
