import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import type { ReactElement } from 'react';
import { IntlProvider } from 'react-intl';
import { expect, it, vi } from 'vitest';
import { DEFAULT_SPACE_DESCRIPTION } from '../../common/index.ts';
import { SpaceFlyout, type SpaceFlyoutProps } from './space_flyout.tsx';
import type { StoredSpace } from './space_form.ts';
import { SpacesTable } from './spaces_table.tsx';

const GERMAN = 'Der Bereich, den jede Installation hat.';
const space: StoredSpace = {
  id: 'default',
  name: 'Default',
  description: DEFAULT_SPACE_DESCRIPTION,
  disabledFeatures: [],
  version: 'v1',
};
const nothing = () => undefined;

const renderGerman = (element: ReactElement) =>
  renderWithCore(
    <IntlProvider locale="de" messages={{ 'spaces.default.description': GERMAN }} onError={nothing}>
      {element}
    </IntlProvider>,
  );

it('the page of spaces shows the description of the default space in the language of the user', () => {
  const own = { ...space, id: 'sales', description: 'Sales teams' };
  renderGerman(
    <SpacesTable
      spaces={[space, own]}
      current="default"
      hrefOf={(id) => `/s/${id}/`}
      onEdit={nothing}
      onDelete={nothing}
    />,
  );
  expect(screen.getByText(GERMAN)).toBeVisible();
  expect(screen.getByText('Sales teams')).toBeVisible();
});

it('the page of spaces stores the same description for users of every language, until a user writes another description', async () => {
  const onSubmit = vi.fn<SpaceFlyoutProps['onSubmit']>();
  const flyout = {
    ...{ error: null, isSaving: false },
    ...{ onSubmit, onReload: nothing, onClose: nothing },
  };
  renderGerman(<SpaceFlyout space={space} {...flyout} />);
  const field = screen.getByDisplayValue(GERMAN);
  const save = screen.getByRole('button', { name: 'Save space' });
  fireEvent.click(save);
  await waitFor(() => expect(onSubmit).toHaveBeenCalledTimes(1));
  fireEvent.change(field, { target: { value: 'Vertrieb' } });
  fireEvent.click(save);
  await waitFor(() => expect(onSubmit).toHaveBeenCalledTimes(2));
  expect(onSubmit.mock.calls.map(([{ description }]) => description)).toEqual([
    DEFAULT_SPACE_DESCRIPTION,
    'Vertrieb',
  ]);
});
