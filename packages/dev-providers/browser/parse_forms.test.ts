import { describe, expect, it } from 'vitest';
import { parseForms } from './parse_forms.ts';

describe('the forms of a page', () => {
  it('are read with method, action, hidden fields and buttons', () => {
    const html = `<form class="a" method="post" action="/next?x=1&amp;y=2">
      <input type="hidden" name="state" value="a&quot;b"/><input name=plain value=v>
      <button type="submit" name="decision" value="allow"><b>Allow</b></button>
      <input type="submit" value="Send"></form>`;
    expect(parseForms(html)).toEqual([
      {
        method: 'POST',
        action: '/next?x=1&y=2',
        fields: [
          ['state', 'a"b'],
          ['plain', 'v'],
        ],
        buttons: [
          { name: 'decision', value: 'allow' },
          { name: undefined, value: 'Send' },
        ],
      },
    ]);
  });

  it('are read separately and in order', () => {
    const html = '<form action="/a"></form><p></p><FORM ACTION=/b METHOD=GET></FORM>';
    expect(parseForms(html).map(({ method, action }) => [method, action])).toEqual([
      ['GET', '/a'],
      ['GET', '/b'],
    ]);
  });

  it('are an empty list for a page without forms', () => {
    expect(parseForms('<p>form</p>')).toEqual([]);
  });
});
