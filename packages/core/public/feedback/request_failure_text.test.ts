import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { HttpClientError } from '../http_client_error.ts';
import { createFailureTexts, requestFailureText } from './request_failure_text.ts';

const intl = createIntl({ locale: 'en', onError: () => undefined });
const byCode = { name_taken: { id: 'test.taken', defaultMessage: 'Choose another name.' } };

/** Creates the error of a response with which the server refused a request. */
const refusal = (status: number, code?: string) =>
  new HttpClientError('request_failed', 'failed', {
    status,
    body: {
      statusCode: status,
      error: 'Error',
      message: 'Text of the server',
      ...(code === undefined ? {} : { attributes: { code } }),
    },
  });

describe('the text of a failed request', () => {
  it('is the text of the error code when the caller has one', () => {
    expect(requestFailureText(intl, refusal(409, 'name_taken'), byCode)).toBe(
      'Choose another name.',
    );
  });

  it.each([
    [400, /refused the input/],
    [401, /Sign in again/],
    [403, /Ask an administrator/],
    [404, /no longer exists/],
    [429, /in a minute/],
    [500, /Reload the page/],
    [503, /busy or restarting/],
  ])(
    'depends on the status %i when the caller has no text, and never repeats the text of the server',
    (status, text) => {
      for (const code of [undefined, 'another_code', 'constructor']) {
        expect(requestFailureText(intl, refusal(status, code), byCode)).toMatch(text);
      }
    },
  );

  it('names the deadline that has passed, and warns that the request may still be running', () => {
    const late = new HttpClientError('server_timeout', 'no response', { timeoutMs: 30_000 });
    expect(requestFailureText(intl, late)).toMatch(
      /^The server did not respond within 30 seconds\. It may still be working/,
    );
  });

  it('says what to do when the server cannot be reached, or another error occurs', () => {
    const unreachable = new HttpClientError('server_unreachable', 'fetch failed');
    expect(requestFailureText(intl, unreachable)).toMatch(/Check your network/);
    expect(requestFailureText(intl, new TypeError('x is undefined'))).toMatch(/Reload the page/);
  });
});

describe('the failure texts of a plugin', () => {
  const { failureOf, failureText, formFailure } = createFailureTexts(byCode);
  const title = { id: 'test.notSaved', defaultMessage: '{name} was not saved' };

  it('use the error codes of the plugin', () => {
    expect(failureText(intl, refusal(409, 'name_taken'))).toBe('Choose another name.');
  });

  it('have a title that names the operation', () => {
    expect(failureOf(intl, title, { name: 'Drive' })(refusal(409, 'name_taken'))).toEqual({
      title: 'Drive was not saved',
      text: 'Choose another name.',
    });
  });

  it('are undefined in a form whose request has not failed', () => {
    const failed = { id: 'test.failed', defaultMessage: 'Not saved' };
    expect(formFailure(intl, failed, null)).toBeUndefined();
    expect(formFailure(intl, failed, undefined)).toBeUndefined();
    expect(formFailure(intl, failed, refusal(409, 'name_taken'))?.title).toBe('Not saved');
  });

  it('do not say that nothing was done when no response arrived', () => {
    const unreachable = new HttpClientError('server_unreachable', 'fetch failed');
    expect(failureOf(intl, title, { name: 'Drive' })(unreachable)).toEqual({
      title: 'The server did not respond',
      text: expect.stringMatching(/^It is not known if this was done/),
    });
    const late = new HttpClientError('server_timeout', 'no response', { timeoutMs: 30_000 });
    expect(formFailure(intl, title, late)).toEqual({
      title: 'The server did not respond',
      text: expect.stringMatching(/^The server did not respond within 30 seconds/),
    });
  });

  it('do not say that nothing was done when a proxy responded in place of the server', () => {
    const proxy = new HttpClientError('request_failed', 'failed', { status: 504 });
    expect(failureOf(intl, title, { name: 'Drive' })(proxy)).toEqual({
      title: 'The response of the server was lost',
      text: expect.stringMatching(/^It is not known if this was done/),
    });
    expect(failureOf(intl, title, { name: 'Drive' })(refusal(503)).title).toBe(
      'Drive was not saved',
    );
  });
});
