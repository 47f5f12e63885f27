import { expect, it } from 'vitest';
import { textProblems } from './text_problems.mock.ts';

it('a text that is not translated, or loses a placeholder, is a problem', () => {
  expect(
    textProblems({
      good: { en: 'Continue to {host}', de: 'Weiter zu {host}' },
      same: { en: 'Continue', de: 'Continue' },
      nested: { lost: { en: 'Continue to {host}', de: 'Weiter' } },
    }),
  ).toEqual(['same: not translated to de', 'nested.lost: other placeholders in de']);
});
