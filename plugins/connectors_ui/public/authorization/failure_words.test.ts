import { WHO_ACTS } from '@latchkey/actions-plugin/common';
import { expect, it } from 'vitest';
import { DESCRIBED_CODES, failureWords } from './failure_words.ts';

it('the text for every error code says what failed, who can act, and what to do', () => {
  for (const [code, who] of Object.entries(WHO_ACTS)) {
    const { what, advice, canRetry } = failureWords(code);
    expect([code, what.defaultMessage, advice.defaultMessage]).not.toContain(undefined);
    // A failure that the user cannot correct has no button that tries again.
    if (who === 'administrator') expect([code, canRetry]).toEqual([code, false]);
  }
});

it('texts exist only for error codes that exist', () => {
  const unknown = DESCRIBED_CODES.filter((code) => !Object.hasOwn(WHO_ACTS, code));
  expect(unknown).toEqual([]);
});

it('the text for a failure of the configuration names an administrator', () => {
  expect(failureWords('client_rejected')).toMatchObject({ who: 'administrator', canRetry: false });
  expect(failureWords('client_rejected').advice.defaultMessage).toMatch(/Ask an administrator/);
});

it('a refused request has the same text as the equivalent failed authorization', () => {
  expect(failureWords('forbidden')).toEqual(failureWords('not_permitted'));
});

it('an unknown code of a newer server has a general text', () => {
  expect(failureWords('from_the_future').what.defaultMessage).toBeDefined();
});
