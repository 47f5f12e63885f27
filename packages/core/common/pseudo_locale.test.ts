import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import { pseudoLocalize } from './pseudo_locale.ts';

const { formatMessage } = createIntl({ locale: 'en' });

describe('the pseudo-locale', () => {
  it('changes the texts of plural forms and keeps their rules', () => {
    const defaultMessage = pseudoLocalize('{count, plural, one {# user} other {# users}} left');
    const text = formatMessage({ id: 'x', defaultMessage }, { count: 2 });
    expect(text).toMatch(/^\[2 úsérs léft( ·)+\]$/);
  });

  it('keeps the tags of a text', () => {
    const defaultMessage = pseudoLocalize('Open <link>the page</link> now');
    const link = (chunks: unknown) => `(${chunks})`;
    expect(formatMessage({ id: 'x', defaultMessage }, { link: link as never })).toMatch(
      /^\[Ópéñ \(thé págé\) ñów( ·)+\]$/,
    );
  });
});
