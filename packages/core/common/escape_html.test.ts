import { describe, expect, it } from 'vitest';
import { escapeHtml } from './escape_html.ts';

describe('escaped HTML text', () => {
  it('contains no character that could end a text, a tag or a quoted attribute', () => {
    expect(escapeHtml(`a&b <script> "x" 'y' \`z\``)).toBe(
      'a&#38;b &#60;script&#62; &#34;x&#34; &#39;y&#39; &#96;z&#96;',
    );
  });

  it('is unchanged when it has no special character', () => {
    expect(escapeHtml('Ana Álvarez, 2 €')).toBe('Ana Álvarez, 2 €');
  });
});
