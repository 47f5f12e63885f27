import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { FormProvider } from 'react-hook-form';
import { describe, expect, it, type Mock, vi } from 'vitest';
import { ConnectorFields } from './connector_fields.tsx';
import type { FormAction } from './form_field.ts';
import { newConnectorInput, newFormValues, offeredOptions } from './form_values.ts';
import { readConnectorForm } from './read_spec.ts';
import { useConnectorForm } from './use_connector_form.ts';

const action = (label: string, scope: FormAction['effect']) => ({
  label,
  description: `${label} at the service.`,
  scope,
});
const FORM = readConnectorForm(
  {},
  {
    find: action('Find files', 'read'),
    read: action('Read file', 'read'),
    remove: action('Remove file', 'destroy'),
  },
);

function Fields(props: { readonly onInput: (config: unknown) => void }) {
  const { methods, submit, showIssues } = useConnectorForm({
    form: FORM,
    initial: newFormValues(FORM, 'Files'),
    rules: { isHttpsRequired: true },
  });
  return (
    <FormProvider {...methods}>
      <ConnectorFields
        form={FORM}
        options={offeredOptions(FORM)}
        permissions={[{ scope: 'files', text: 'See your files' }, { scope: 'raw' }]}
      />
      <button
        type="button"
        onClick={() =>
          void submit(async (values) => props.onInput(newConnectorInput(FORM, values).config))
        }
      >
        Save
      </button>
      <button
        type="button"
        onClick={() =>
          showIssues([{ path: 'config.enabledActions.0', code: 'other', message: 'Not known.' }])
        }
      >
        Refuse
      </button>
    </FormProvider>
  );
}

const click = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const box = (label: string) => screen.getByRole('checkbox', { name: label });
/** Saves the form, and returns the config that is sent. */
async function saved(onInput: Mock<(config: unknown) => void>): Promise<unknown> {
  onInput.mockClear();
  click('Save');
  await waitFor(() => expect(onInput).toHaveBeenCalled());
  return onInput.mock.calls[0]?.[0];
}
function setUp() {
  const onInput = vi.fn<(config: unknown) => void>();
  renderWithCore(<Fields onInput={onInput} />);
  return onInput;
}

describe('the choice of enabled actions', () => {
  it('is collapsed, shows that all actions are enabled, and sends no list', async () => {
    const onInput = setUp();
    const summary = screen.getByRole('button', { name: 'Enabled actions: all' });
    expect(summary).toHaveAttribute('aria-expanded', 'false');
    click('Enabled actions: all');
    expect(summary).toHaveAttribute('aria-expanded', 'true');
    expect(box('Find files Reads')).toBeChecked();
    expect(box('Remove file Changes or deletes')).toHaveAccessibleDescription(
      'Remove file at the service.',
    );
    expect(await saved(onInput)).toEqual({});
  });

  it('sends the chosen actions in the order of the type', async () => {
    const onInput = setUp();
    click('Enabled actions: all');
    fireEvent.click(box('Read file Reads'));
    screen.getByRole('button', { name: 'Enabled actions: 2 of 3' });
    expect(await saved(onInput)).toEqual({ enabledActions: ['find', 'remove'] });
    fireEvent.click(box('Read file Reads'));
    screen.getByRole('button', { name: 'Enabled actions: all' });
    expect(await saved(onInput)).toEqual({});
  });

  it('selects only reading actions, or all actions, with one click', async () => {
    const onInput = setUp();
    click('Enabled actions: all');
    click('Enable only reading');
    expect(box('Remove file Changes or deletes')).not.toBeChecked();
    expect(await saved(onInput)).toEqual({ enabledActions: ['find', 'read'] });
    click('Enable all');
    expect(await saved(onInput)).toEqual({});
  });

  it('lists the permissions that users have to grant', () => {
    setUp();
    click('Enabled actions: all');
    expect(screen.getByText('See your files')).toHaveAttribute('title', 'files');
    screen.getByText('raw');
  });

  it('refuses to save when no action is enabled, unfolds, and gets the focus', async () => {
    setUp();
    for (const name of ['Find files Reads', 'Read file Reads', 'Remove file Changes or deletes'])
      fireEvent.click(screen.getByRole('checkbox', { name, hidden: true }));
    click('Save');
    await screen.findByText('Enable at least one action.');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Enable all' })).toHaveFocus());
  });

  it('shows a problem that the server found', async () => {
    setUp();
    click('Refuse');
    await screen.findByText('Not known.');
  });
});
