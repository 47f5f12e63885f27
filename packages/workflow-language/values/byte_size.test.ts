import { describe, expect, it } from '@jest/globals';
import { parseByteSize } from './byte_size.ts';

describe('parseByteSize', () => {
  it.each([
    ['10mb', 10_485_760],
    ['1.5 GB', 1_610_612_736],
    ['0b', 0],
    ['512 Kb', 524_288],
  ])('reads %s', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each(['', '10', '10 tb', '10  mb', '-1mb', '.5mb', '1e3b', '9999999999999gb'])(
    'refuses %j',
    (text) => {
      expect(parseByteSize(text)).toBeUndefined();
    },
  );
});
