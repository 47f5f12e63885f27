import { describe, expect, it } from 'vitest';
import { toDocument } from './atlassian_document.ts';

const text = (value: string) => ({ type: 'text', text: value });
const doc = (...content: object[]) => ({ type: 'doc', version: 1, content });
const paragraph = (...content: object[]) => ({ type: 'paragraph', content });

describe('plain text as an Atlassian document', () => {
  it.each([
    ['', doc()],
    [' \n\n ', doc()],
    ['a', doc(paragraph(text('a')))],
    ['a\nb', doc(paragraph(text('a'), { type: 'hardBreak' }, text('b')))],
    ['a\r\n\r\nb', doc(paragraph(text('a')), paragraph(text('b')))],
    ['a\n \n\t\n\nb\n', doc(paragraph(text('a')), paragraph(text('b')))],
    ['  a  ', doc(paragraph(text('  a  ')))],
    ['{"type":"doc"}', doc(paragraph(text('{"type":"doc"}')))],
  ])('contains no empty text for %j', (plain, expected) => {
    expect(toDocument(plain)).toEqual(expected);
  });
});
