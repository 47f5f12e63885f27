import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import { withLineFeeds } from './line_feeds.ts';

it('every kind of line end becomes a line feed, as in the code editor', () => {
  const text = 'a: 1\r\nb: 2\rc: 3\n\r\nd: 4';
  expect(withLineFeeds(text)).toBe('a: 1\nb: 2\nc: 3\n\nd: 4');
  expect(EditorState.create({ doc: text }).doc.toString()).toBe(withLineFeeds(text));
});
