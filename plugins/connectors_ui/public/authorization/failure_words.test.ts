import { expect, it } from '@jest/globals';
import { WHO_ACTS } from '@latchkey/actions-plugin/common';
import { DESCRIBED_CODES, failureWords } from './failure_words.ts';

it('the text for every error code says what failed, who acts and what to do', () => {
  for (const [code, who] of Object.entries(WHO_ACTS)) {
    const { what, advice, canRetry } = failureWords(code);
    expect([code, what.defaultMessage, advice.defaultMessage]).not.toContain(undefined);
    // A user who cannot correct a failure gets no button that repeats it.
    if (who === 'administrator') expect([code, canRetry]).toEqual([code, false]);
  }
});

it('texts exist only for codes that exist', () => {
  const unknown = DESCRIBED_CODES.filter((code) => !Object.hasOwn(WHO_ACTS, code));
  expect(unknown).toEqual([]);
});

it('the text for a failure of the configuration refers to an administrator', () => {
  expect(failureWords('client_rejected')).toMatchObject({ who: 'administrator', canRetry: false });
  expect(failureWords('client_rejected').advice.defaultMessage).toMatch(/Ask an administrator/);
});

it('a refused request has the same text as a failed authorization', () => {
  expect(failureWords('forbidden')).toEqual(failureWords('not_permitted'));
});

it('a code of a newer server has a text', () => {
  expect(failureWords('from_the_future').what.defaultMessage).toBeDefined();
});
