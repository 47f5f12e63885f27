import { textProblems } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import { PAGE_TEXTS } from './page_texts.ts';

it('every text of the pages has a translation with the same placeholders', () => {
  expect(textProblems({ PAGE_TEXTS })).toEqual([]);
});
