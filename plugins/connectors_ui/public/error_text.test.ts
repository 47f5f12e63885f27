import { HttpClientError } from '@latchkey/core/public';
import { createIntl } from 'react-intl';
import { expect, it } from 'vitest';
import { errorText } from './error_text.ts';

const intl = createIntl({ locale: 'en' });
const SERVER_TEXT = 'Text of the server in English';

const textOf = (status: number): string =>
  errorText(
    intl,
    new HttpClientError('request_failed', SERVER_TEXT, {
      status,
      body: { statusCode: status, error: 'Error', message: SERVER_TEXT },
    }),
  );

it.each([
  [401, /session has ended/],
  [403, /administrator/],
  [404, /no longer exists/],
  [429, /Too many requests/],
  [500, /unexpected/],
  [503, /busy or restarting/],
])('the error text is in the language of the user for the status %d', (status, text) => {
  expect(textOf(status)).toMatch(text);
});

it('the error text for an action that is not enabled says who can enable it', () => {
  const body = {
    statusCode: 403,
    error: 'Forbidden',
    message: SERVER_TEXT,
    attributes: { code: 'action_not_enabled' },
  };
  const error = new HttpClientError('request_failed', SERVER_TEXT, { status: 403, body });
  expect(errorText(intl, error)).toMatch(/not enabled in the connector/);
});

it.each([400, 409])("the error text contains the server's message for the status %d", (status) => {
  expect(textOf(status)).toBe(SERVER_TEXT);
});
