import { describe, expect, it } from 'vitest';
import { applyFieldMask, FieldMaskError } from './partial_response.ts';

const page = {
  kind: 'list',
  nextPageToken: 't',
  files: [{ id: '1', name: 'one', owners: [{ emailAddress: 'a', me: true }] }],
};

describe('the field mask of Drive', () => {
  it.each([
    ['*', page],
    ['kind', { kind: 'list' }],
    ['files(id),nextPageToken', { nextPageToken: 't', files: [{ id: '1' }] }],
    ['files/id, files/name', { files: [{ id: '1', name: 'one' }] }],
    ['files(owners/emailAddress)', { files: [{ owners: [{ emailAddress: 'a' }] }] }],
    ['files(id,owners(me))', { files: [{ id: '1', owners: [{ me: true }] }] }],
    ['absent', {}],
    ['constructor', {}],
  ])('reduces a response to the fields %s', (mask, expected) => {
    expect(applyFieldMask(page, mask)).toEqual(expected);
  });

  it.each(['', 'files(', 'files(id', 'a,,b', 'a)', '(a)', 'a/'])(
    'is refused when it is %o',
    (mask) => {
      expect(() => applyFieldMask(page, mask)).toThrow(FieldMaskError);
    },
  );
});
