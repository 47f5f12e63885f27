import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { TwoLines } from './two_lines.tsx';

it('a text in two lines cuts off a long name and has the whole name in its tooltip', () => {
  const name = 'engineering documents '.repeat(9).trim();
  renderWithCore(<TwoLines text={name} />);
  const shown = screen.getByText(name);
  expect(shown).toHaveAttribute('title', name);
  // Component tests do not apply style sheets (setup_browser.ts).
  const sheets = [...document.querySelectorAll('style')].map(({ textContent }) => textContent);
  expect(sheets.find((rules) => rules.includes(`.${shown.className}`))).toContain(
    '-webkit-line-clamp:2;',
  );
});
