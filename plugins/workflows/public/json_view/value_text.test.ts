import { expect, it } from 'vitest';
import { cutText, valueText } from './value_text.ts';

it('the JSON view shows text unchanged and other values as JSON', () => {
  expect(valueText('a\nb')).toBe('a\nb');
  expect(valueText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(valueText(undefined)).toBe('');
});

it('the JSON view cuts a value after 2,000 characters or 40 lines, and reports that it was cut', () => {
  expect(cutText('x'.repeat(2_000))).toEqual({ text: 'x'.repeat(2_000), isCut: false });
  expect(cutText('x'.repeat(2_001))).toEqual({ text: 'x'.repeat(2_000), isCut: true });
  const cut = cutText(Array.from({ length: 60 }, (_, index) => String(index)).join('\n'));
  expect(cut.isCut).toBe(true);
  expect(cut.text.endsWith('\n39')).toBe(true);
});
