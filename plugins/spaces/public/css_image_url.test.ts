import { expect, it } from 'vitest';
import { cssImageUrl } from './css_image_url.ts';

it('the URL of a picture is unchanged when it needs no escaping', () => {
  const picture = 'data:image/png;base64,iVBORw0KGgo=';
  expect(cssImageUrl(picture)).toBe(picture);
});

it.each(['AA),url(/api/security/logout', 'AA" ), url("/x', "AA\\'\n)"])(
  'the URL of a picture contains no character that could end it: %j',
  (rest) => {
    const encoded = cssImageUrl(`data:image/svg+xml;utf8,${rest}`);
    expect(encoded).not.toMatch(/[\s"'()\\]/);
    expect(decodeURIComponent(encoded)).toBe(`data:image/svg+xml;utf8,${rest}`);
  },
);
