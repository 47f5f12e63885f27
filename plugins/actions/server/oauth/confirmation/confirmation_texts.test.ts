import { textProblems } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import { CONFIRMATION_TEXTS, ROW_TEXTS } from './confirmation_texts.ts';

it('every text of the confirmation has a translation with the same placeholders', () => {
  expect(textProblems({ CONFIRMATION_TEXTS, ROW_TEXTS })).toEqual([]);
});
