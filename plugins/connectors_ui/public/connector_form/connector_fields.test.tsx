import { describe, expect, it } from '@jest/globals';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { FormProvider } from 'react-hook-form';
import { ConnectorFields } from './connector_fields.tsx';
import type { ConnectorForm } from './form_field.ts';
import { changedConnectorInput, offeredOptions, storedFormValues } from './form_values.ts';
import { useConnectorForm } from './use_connector_form.ts';

const field = { isRequired: true, isHidden: false, isDisabled: false, isAdvanced: false };
const option = {
  authMode: 'shared' as const,
  isRecommended: false,
  isLegacy: false,
  isExperimental: false,
};
const FORM: ConnectorForm = {
  config: [],
  unknownParts: [],
  authOptions: [
    {
      ...option,
      id: 'basic',
      label: 'Basic authentication',
      fields: [
        { ...field, name: 'username', label: 'Username', kind: 'text' },
        { ...field, name: 'password', label: 'Password', kind: 'secret' },
      ],
    },
    {
      ...option,
      id: 'bearer',
      label: 'Bearer token',
      fields: [{ ...field, name: 'token', label: 'Token', kind: 'secret' }],
    },
  ],
};
const STORED = {
  name: 'API',
  auth_type: 'basic',
  secrets: { authType: 'basic', username: 'ana' },
  credentials: { password: { stored: true } },
};
const SECRET_REQUIRED = { path: 'secrets.password', code: 'secrets_required' };
const RULES = { isHttpsRequired: true };

/** The fields, and what a save would send. */
function Fields({ onInput }: { readonly onInput: (input: unknown) => void }) {
  const { methods, showIssues } = useConnectorForm({
    form: FORM,
    initial: storedFormValues(FORM, STORED),
    rules: RULES,
  });
  return (
    <FormProvider {...methods}>
      <ConnectorFields form={FORM} options={offeredOptions(FORM, STORED)} stored={['password']} />
      <button
        type="button"
        onClick={() => onInput(changedConnectorInput(FORM, methods.getValues(), STORED))}
      >
        Send
      </button>
      <button type="button" onClick={() => showIssues([SECRET_REQUIRED])}>
        Refuse
      </button>
    </FormProvider>
  );
}

function setUp() {
  const sent: unknown[] = [];
  renderWithCore(<Fields onInput={(input) => sent.push(input)} />);
  const click = (text: string) => fireEvent.click(screen.getByText(text));
  const enter = (label: string, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  const send = () => {
    click('Send');
    return sent.at(-1);
  };
  return { click, enter, send };
}

describe('the fields of a stored connector', () => {
  it('asks for a stored credential that the server refuses to keep', async () => {
    const { click, enter, send } = setUp();
    click('Refuse');
    expect(await screen.findByText(/Enter it again/)).toBeDefined();
    enter('Password', 'development-password');
    expect(send()).toMatchObject({
      secrets: { password: 'development-password' },
      keep_secrets: [],
    });
  });

  it('shows stored values, and says that a credential is stored without showing one', () => {
    setUp();
    expect(screen.getByLabelText('Username')).toHaveValue('ana');
    expect(screen.getByText('Stored')).toBeVisible();
    expect(screen.queryByLabelText('Password')).not.toBeInTheDocument();
  });

  it('keeps the credential when another field changes', () => {
    const { enter, send } = setUp();
    enter('Username', 'ben');
    expect(send()).toMatchObject({
      secrets: { authType: 'basic', username: 'ben' },
      keep_secrets: ['password'],
    });
  });

  it('sends a replaced credential, until the user keeps the stored one', () => {
    const { click, enter, send } = setUp();
    click('Replace');
    enter('Password', 'new-password');
    expect(send()).toMatchObject({ secrets: { password: 'new-password' }, keep_secrets: [] });
    click('Keep the stored one');
    expect(screen.getByText('Stored')).toBeVisible();
    expect(send()).toEqual({ name: 'API', config: {} });
  });

  it('keeps what was entered when the user looks at another card', () => {
    const { enter } = setUp();
    enter('Username', 'ben');
    fireEvent.click(screen.getByText('Bearer token'));
    expect(screen.getByLabelText('Token')).toHaveValue('');
    fireEvent.click(screen.getByText('Basic authentication'));
    expect(screen.getByLabelText('Username')).toHaveValue('ben');
  });
});
