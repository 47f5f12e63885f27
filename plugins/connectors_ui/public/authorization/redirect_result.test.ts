import { expect, it } from 'vitest';
import { readRedirectResult } from './redirect_result.ts';

const PAGE = 'https://latchkey.example/kb/s/team/app/my_connections';

it('the result of a redirect is removed from the URL, and other parameters and the fragment stay', () => {
  const url = `${PAGE}?tab=all&oauth_authorization=success&connector_id=drive&status_code=200#top`;
  expect(readRedirectResult(url)).toEqual({
    result: { connectorId: 'drive', status: 'success', autoClose: false },
    path: '/kb/s/team/app/my_connections?tab=all#top',
  });
});

it('the result of a redirect contains the error code, and tells that the window closes itself', () => {
  const url = `${PAGE}?oauth_authorization=error&connector_id=drive&error=denied&auto_close=true`;
  expect(readRedirectResult(url)).toEqual({
    result: { connectorId: 'drive', status: 'error', autoClose: true },
    path: '/kb/s/team/app/my_connections',
  });
});

it.each(['', '?connector_id=drive', '?oauth_authorization=success'])(
  'a URL with the query "%s" contains no result of a redirect',
  (query) => {
    expect(readRedirectResult(PAGE + query)).toBeUndefined();
  },
);
