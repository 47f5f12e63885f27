import { textProblems } from '@latchkey/core/server/mocks';
import { expect, it } from 'vitest';
import { ACCOUNT_CHANGE_TEXTS, REVOCATION_TEXTS } from './account_change_texts.ts';

it('every text about a change of account has a translation with the same placeholders', () => {
  expect(textProblems({ ACCOUNT_CHANGE_TEXTS, REVOCATION_TEXTS })).toEqual([]);
});
