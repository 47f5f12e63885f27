import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { FormProvider } from 'react-hook-form';
import { describe, expect, it, vi } from 'vitest';
import { ConnectorFields } from './connector_fields.tsx';
import type { ConnectorForm } from './form_field.ts';
import { newConnectorInput, newFormValues, offeredOptions } from './form_values.ts';
import { useConnectorForm } from './use_connector_form.ts';

const field = { isRequired: true, isHidden: false, isDisabled: false };
const text = { ...field, kind: 'text' as const };
const option = {
  authMode: 'shared' as const,
  isRecommended: false,
  isLegacy: false,
  isExperimental: false,
};
/** A form with fields that depend on each other, and with collapsed sections. */
const CLIENT: ConnectorForm = {
  unknownParts: [],
  config: [
    {
      ...text,
      isRequired: false,
      name: 'data',
      label: 'Data',
      shownIf: { field: 'authType', equals: ['client'] },
    },
  ],
  authOptions: [
    {
      ...option,
      id: 'client',
      label: 'Client',
      fields: [
        {
          ...field,
          name: 'clientSecret',
          label: 'Client secret',
          kind: 'secret',
          isRequired: false,
          requiredUnless: { field: 'method', equals: ['key'] },
          shownIf: { field: 'method', equals: ['', 'secret'] },
        },
        {
          ...field,
          name: 'method',
          label: 'Method',
          kind: 'select',
          options: ['secret', 'key'],
          isRequired: false,
          section: 'token_request',
        },
        {
          ...text,
          name: 'privateKey',
          label: 'Private key',
          isRequired: false,
          requiredIf: { field: 'method', equals: ['key'] },
          shownIf: { field: 'method', equals: ['key'] },
          section: 'token_request',
        },
        ...['revocation', 'account', 'token_response', 'authorization_request'].map((section) => ({
          ...text,
          name: section,
          label: `Field of ${section}`,
          isRequired: false,
          section: section as 'account',
        })),
      ],
    },
    { ...option, id: 'bearer', label: 'Bearer token', fields: [] },
  ],
};

const INITIAL = newFormValues(CLIENT, 'API');

function Fields({ onInput }: { readonly onInput?: (input: unknown) => void }) {
  const { methods, submit } = useConnectorForm({
    form: CLIENT,
    initial: INITIAL,
    rules: { isHttpsRequired: true },
  });
  const send = async () => onInput?.(newConnectorInput(CLIENT, methods.getValues()));
  return (
    <FormProvider {...methods}>
      <ConnectorFields form={CLIENT} options={offeredOptions(CLIENT)} />
      <button type="button" onClick={() => void submit(send)}>
        Save
      </button>
    </FormProvider>
  );
}

describe('fields that depend on others', () => {
  const headings = () =>
    screen
      .getAllByRole('button')
      .filter((button) => button.hasAttribute('aria-expanded'))
      .map((button) => [button.textContent, button.getAttribute('aria-expanded')]);
  const choose = (method: string) =>
    fireEvent.change(screen.getByLabelText('Method'), { target: { value: method } });

  it('are in collapsed sections with headings', () => {
    renderWithCore(<Fields />);
    expect(headings()).toEqual([
      ['Authorization request', 'false'],
      ['Token request', 'false'],
      ['Token response', 'false'],
      ['Connected account', 'false'],
      ['Revocation', 'false'],
    ]);
  });

  it('appear when the other field has the required value, and the focus stays where it is', () => {
    renderWithCore(<Fields />);
    expect(screen.queryByLabelText('Private key')).toBeNull();
    act(() => screen.getByLabelText('Method').focus());
    choose('key');
    expect(screen.getByLabelText('Private key')).toBeDefined();
    expect(screen.queryByLabelText('Client secret')).toBeNull();
    expect(screen.getByLabelText('Method')).toHaveFocus();
    choose('');
    expect(screen.queryByLabelText('Private key')).toBeNull();
    expect(screen.getByLabelText('Client secret')).toBeDefined();
  });

  it('of the config depend on the chosen card', () => {
    renderWithCore(<Fields />);
    expect(screen.getByLabelText('Data')).toBeDefined();
    fireEvent.click(screen.getByText('Bearer token'));
    expect(screen.queryByLabelText('Data')).toBeNull();
  });

  it('unfold their part when they are invalid, and are not sent while they are hidden', async () => {
    const onInput = vi.fn();
    renderWithCore(<Fields onInput={onInput} />);
    fireEvent.change(screen.getByLabelText('Client secret'), { target: { value: 'dev-secret' } });
    choose('key');
    fireEvent.click(screen.getByText('Save'));
    await waitFor(() => expect(screen.getByLabelText('Private key')).toHaveFocus());
    expect(headings()).toContainEqual(['Token request', 'true']);
    fireEvent.change(screen.getByLabelText('Private key'), { target: { value: 'dev-key' } });
    fireEvent.click(screen.getByText('Save'));
    await waitFor(() => expect(onInput).toHaveBeenCalledTimes(1));
    expect(onInput.mock.calls[0]?.[0]).toMatchObject({
      secrets: { authType: 'client', method: 'key', privateKey: 'dev-key' },
    });
    expect(JSON.stringify(onInput.mock.calls[0])).not.toContain('dev-secret');
  });
});
