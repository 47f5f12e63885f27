import { expect, it } from '@jest/globals';
import { textProblems } from '@latchkey/core/server/mocks';
import { PAGE_TEXTS } from './page_texts.ts';

it('every text of the pages has a translation with the same placeholders', () => {
  expect(textProblems({ PAGE_TEXTS })).toEqual([]);
});
