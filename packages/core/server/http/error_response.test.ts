import { SavedObjectError, type SavedObjectErrorCode } from '@latchkey/saved-objects';
import { describe, expect, it } from 'vitest';
import { errorBody, toErrorResponse } from './error_response.ts';
import { HttpError } from './http_error.ts';

const bodyOf = (error: unknown) => errorBody(toErrorResponse(error, 'request-1', undefined));

describe('the code of an error body', () => {
  it.each([
    [400, 'bad_request'],
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'method_not_allowed'],
    [409, 'conflict'],
    [412, 'other_user'],
    [413, 'body_too_large'],
    [415, 'unsupported_media_type'],
    [421, 'wrong_host'],
    [422, 'bad_request'],
    [429, 'too_many_requests'],
  ])('follows from the status %d when the route sets no code', (status, code) => {
    expect(bodyOf(new HttpError(status, 'Refused.')).attributes).toEqual({ code });
  });

  it('is the code that the route sets, together with the other attributes of the route', () => {
    const own = new HttpError(409, 'Taken.', { attributes: { code: 'id_taken' } });
    expect(bodyOf(own).attributes).toEqual({ code: 'id_taken' });
    const other = new HttpError(400, 'Wrong.', { attributes: { issues: [] } });
    expect(bodyOf(other).attributes).toEqual({ code: 'bad_request', issues: [] });
  });

  it.each([
    'not_found',
    'conflict',
    'contended',
    'invalid_attributes',
  ] satisfies SavedObjectErrorCode[])('is the code of the saved-objects error %s', (code) => {
    const error = new SavedObjectError(code, 'Refused.', { type: 'action' });
    expect(bodyOf(error)).toMatchObject({ attributes: { code } });
  });

  it('follows from the status for an error of the HTTP framework', () => {
    const error = Object.assign(new Error('canary'), { code: 'FST_ERR_CTP_BODY_TOO_LARGE' });
    expect(bodyOf(error)).toMatchObject({
      statusCode: 413,
      attributes: { code: 'body_too_large' },
    });
  });

  it('is absent when the server is at fault (5xx)', () => {
    expect(bodyOf(new HttpError(503, 'Stopping.'))).not.toHaveProperty('attributes');
    expect(bodyOf(new Error('canary')).attributes).toEqual({ requestId: 'request-1' });
  });
});
