import { expect, it } from 'vitest';
import ParsedUrl from './url_parse.ts';

it.each([
  ['javascript:alert(1)', 'javascript:'],
  [' java\nscript:alert(1)', 'javascript:'],
  ['https://example.com/a', 'https:'],
  ['/app/connectors?edit=1', 'https:'],
  ['https://', ''],
])(
  'the replacement of url-parse finds the same protocol of %j as browsers: %s',
  (href, protocol) => {
    expect(new ParsedUrl(href).protocol).toBe(protocol);
  },
);
