import { expect, it } from '@jest/globals';
import { textProblems } from '@latchkey/core/server/mocks';
import { CONFIRMATION_TEXTS, ROW_TEXTS } from './confirmation_texts.ts';

it('every text of the confirmation has a translation with the same placeholders', () => {
  expect(textProblems({ CONFIRMATION_TEXTS, ROW_TEXTS })).toEqual([]);
});
