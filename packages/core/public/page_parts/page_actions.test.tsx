import { EuiPageHeader } from '@elastic/eui';
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderWithCore } from '../testing.tsx';
import { pageActions } from './page_actions.tsx';

const header = (...names: readonly string[]) => (
  <EuiPageHeader
    pageTitle="Workflow"
    rightSideItems={pageActions(
      names.map((name) => (
        <button key={name} type="button">
          {name}
        </button>
      )),
    )}
  />
);

it('the main action of a page keeps its element and the focus when another action appears or goes', () => {
  const { rerender } = renderWithCore(header('Save'));
  const save = screen.getByRole('button', { name: 'Save' });
  save.focus();
  rerender(header('Save', 'Run'));
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
    'Run',
    'Save',
  ]);
  expect(save).toHaveFocus();
  rerender(header('Save'));
  expect(save).toHaveFocus();
});

it('a page without actions has no empty group of buttons', () => {
  expect(pageActions([])).toEqual([]);
});
