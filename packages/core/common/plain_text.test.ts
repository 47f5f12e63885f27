import { describe, expect, it } from 'vitest';
import { isPlainText, optionalPlainText, plainText } from './plain_text.ts';

const nameOf = (code: number) => `Report ${String.fromCodePoint(code)}fdp.exe`;
const CONTROLS = [
  0x00, 0x09, 0x0a, 0x1f, 0x7f, 0x9f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067,
  0x2068, 0x2069,
];

describe.each([
  ['a required name', plainText(64)],
  ['an optional name', optionalPlainText(64)],
])('%s', (_which, schema) => {
  it.each(CONTROLS)('must not contain the control character %i', (code) => {
    expect(schema.safeParse(nameOf(code)).success).toBe(false);
    expect(isPlainText(nameOf(code))).toBe(false);
  });

  it.each(['Müller & Söhne <b>', 'דוחות\u200f 2030', 'تقارير', '日本語', '👩🏽‍💻 team', "O'Brien"])(
    'may contain %s',
    (name) => {
      expect(schema.parse(name)).toBe(name);
    },
  );

  it('must not contain a lone surrogate', () => {
    expect(schema.safeParse('a\ud800').success).toBe(false);
  });
});

it('a required name keeps spaces around it, and must not be blank', () => {
  expect(plainText(9).parse(' Files ')).toBe(' Files ');
  const { error } = plainText(9).safeParse('   ');
  expect(error?.issues.map(({ message }) => message)).toEqual(['must not be blank']);
});

it('an optional name may be empty, but a required name may not', () => {
  expect([plainText(9), optionalPlainText(9)].map((one) => one.safeParse('').success)).toEqual([
    false,
    true,
  ]);
});
