import { expect, it } from 'vitest';
import { describeBrowser } from './describe_browser.ts';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  [`${WINDOWS} Chrome/156.0.0.0 Safari/537.36`, { browser: 'Chrome', system: 'Windows' }],
  [`${WINDOWS} Chrome/156.0.0.0 Safari/537.36 Edg/156.0`, { browser: 'Edge', system: 'Windows' }],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
    { browser: 'Firefox', system: 'Linux' },
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    { browser: 'Safari', system: 'iOS' },
  ],
  ['curl/8.5.0', {}],
  ['<script>alert(1)</script>', {}],
  [undefined, {}],
])('the user agent %o is recognised as %j', (userAgent, expected) => {
  expect(describeBrowser(userAgent)).toEqual(expected);
});
