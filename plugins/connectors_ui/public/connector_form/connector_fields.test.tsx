import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { FormProvider } from 'react-hook-form';
import { describe, expect, it, vi } from 'vitest';
import { ConnectorFields } from './connector_fields.tsx';
import type { ConnectorForm } from './form_field.ts';
import {
  changedConnectorInput,
  newConnectorInput,
  newFormValues,
  offeredOptions,
  storedFormValues,
} from './form_values.ts';
import { readConnectorForm } from './read_spec.ts';
import { reportUnknownParts, useConnectorForm } from './use_connector_form.ts';

const field = { isRequired: true, isHidden: false, isDisabled: false };
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

/** Renders the fields. `onInput` gets what a save would send. */
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

describe('the form of a stored connector', () => {
  it('asks for a stored credential again when the server refuses to keep it', async () => {
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

  it.each([' secret', 'secret\u00a0'])(
    'warns about the outer space of the credential %j, and saves it as it is',
    (password) => {
      const { click, enter, send } = setUp();
      click('Replace');
      enter('Password', 'two words');
      expect(screen.queryByText(/begins or ends with a space/)).toBeNull();
      enter('Password', password);
      const warning = screen.getByText(/begins or ends with a space/);
      const described = screen.getByLabelText('Password').getAttribute('aria-describedby') ?? '';
      expect(document.getElementById(described.split(' ')[0] ?? '')).toContainElement(warning);
      expect(send()).toMatchObject({ secrets: { password } });
    },
  );

  it('keeps the credential when another field changes', () => {
    const { enter, send } = setUp();
    enter('Username', 'ben');
    expect(send()).toMatchObject({
      secrets: { authType: 'basic', username: 'ben' },
      keep_secrets: ['password'],
    });
  });

  it('sends a replaced credential, unless the user decides to keep the stored one', () => {
    const { click, enter, send } = setUp();
    click('Replace');
    enter('Password', 'new-password');
    expect(send()).toMatchObject({ secrets: { password: 'new-password' }, keep_secrets: [] });
    click('Keep the stored one');
    expect(screen.getByText('Stored')).toBeVisible();
    expect(send()).toEqual({ name: 'API', config: {} });
  });

  it('moves the focus to the control that replaces the clicked control', async () => {
    const { click } = setUp();
    click('Replace');
    await waitFor(() => expect(screen.getByLabelText('Password')).toHaveFocus());
    click('Keep the stored one');
    expect(screen.getByRole('button', { name: 'Replace Password' })).toHaveFocus();
  });

  it('moves the focus to a credential that the server asks for again', async () => {
    const { click } = setUp();
    click('Refuse');
    await waitFor(() => expect(screen.getByLabelText('Password')).toHaveFocus());
  });

  it('keeps what was entered under a card when the user looks at another card', () => {
    const { enter } = setUp();
    enter('Username', 'ben');
    fireEvent.click(screen.getByText('Bearer token'));
    expect(screen.getByLabelText('Token')).toHaveValue('');
    fireEvent.click(screen.getByText('Basic authentication'));
    expect(screen.getByLabelText('Username')).toHaveValue('ben');
  });
});

const text = { ...field, kind: 'text' as const };
/** A form with a field in every place. The rarely used field comes first in the schema. */
const WIDE: ConnectorForm = {
  unknownParts: [],
  config: [
    { ...text, name: 'path', label: 'Path', section: 'advanced' },
    { ...field, name: 'headers', label: 'Headers', kind: 'key_value', isSecret: false },
    { ...text, name: 'url', label: 'Address', format: 'url' },
  ],
  authOptions: FORM.authOptions,
};

/** An empty form that can be submitted. */
function NewFields(props: {
  readonly form: ConnectorForm;
  readonly name: string;
  readonly onInput?: (input: unknown) => void;
}) {
  const { form, name, onInput } = props;
  const { methods, submit, showIssues } = useConnectorForm({
    form,
    initial: newFormValues(form, name),
    rules: RULES,
  });
  const send = async () => onInput?.(newConnectorInput(form, methods.getValues()));
  return (
    <FormProvider {...methods}>
      <section aria-label={name}>
        <ConnectorFields form={form} options={offeredOptions(form)} />
        <button type="button" onClick={() => void submit(send)}>
          Save
        </button>
        <button
          type="button"
          onClick={() =>
            showIssues([
              { path: 'secrets.username', code: 'required' },
              { path: 'config.url', code: 'host_not_allowed', message: 'Host not allowed.' },
              { path: 'elsewhere', code: 'required' },
            ])
          }
        >
          Refuse
        </button>
      </section>
    </FormProvider>
  );
}

it('a select shows the texts of its options, and sends their values', async () => {
  const onInput = vi.fn();
  const choice = {
    ...{ ...field, name: 'certType', label: 'Certificate type', kind: 'select' as const },
    options: ['ssl-pfx', 'other'],
    optionLabels: { 'ssl-pfx': 'PFX file' },
  };
  const form = {
    ...FORM,
    config: [choice],
    authOptions: [{ ...option, id: 'none', label: '', fields: [] }],
  };
  renderWithCore(<NewFields form={form} name="API" onInput={onInput} />);
  expect(screen.getByRole('option', { name: 'other' })).toHaveValue('other');
  expect(screen.getByRole('option', { name: 'PFX file' })).toHaveValue('ssl-pfx');
  fireEvent.change(screen.getByLabelText('Certificate type'), { target: { value: 'ssl-pfx' } });
  fireEvent.click(screen.getByText('Save'));
  await waitFor(() =>
    expect(onInput).toHaveBeenCalledWith(
      expect.objectContaining({ config: { certType: 'ssl-pfx' } }),
    ),
  );
});

describe('a form with invalid fields', () => {
  const save = () => fireEvent.click(screen.getByText('Save'));
  const enter = (label: string, value: string) =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });

  it('moves the focus from one invalid field to the next, in the order of the page', async () => {
    const onInput = vi.fn();
    renderWithCore(<NewFields form={WIDE} name="" onInput={onInput} />);
    const focused = async (element: () => HTMLElement, fix: () => void) => {
      save();
      await waitFor(() => expect(element()).toHaveFocus());
      fix();
    };
    await focused(
      () => screen.getByLabelText('Connector name'),
      () => enter('Connector name', 'API'),
    );
    await focused(
      () => screen.getByRole('button', { name: 'Add row to Headers' }),
      () => {
        fireEvent.click(screen.getByRole('button', { name: 'Add row to Headers' }));
        enter('Headers: name in row 1', 'Accept');
        enter('Headers: value in row 1', 'text/plain');
      },
    );
    await focused(
      () => screen.getByLabelText('Address'),
      () => enter('Address', 'https://api.example.com'),
    );
    await focused(
      () => screen.getByLabelText('Path'),
      () => enter('Path', '/v1'),
    );
    await focused(
      () => screen.getByLabelText('Username'),
      () => enter('Username', 'ana'),
    );
    await focused(
      () => screen.getByLabelText('Password'),
      () => enter('Password', 'development-password'),
    );
    save();
    await waitFor(() => expect(onInput).toHaveBeenCalledTimes(1));
    expect(onInput).toHaveBeenCalledWith({
      name: 'API',
      config: { path: '/v1', headers: { Accept: 'text/plain' }, url: 'https://api.example.com' },
      secrets: { authType: 'basic', username: 'ana', password: 'development-password' },
    });
  });

  it('moves the focus to the first field that the server refused, in the order of the page', async () => {
    renderWithCore(<NewFields form={WIDE} name="API" />);
    fireEvent.click(screen.getByText('Refuse'));
    expect(await screen.findByText('Host not allowed.')).toBeVisible();
    await waitFor(() => expect(screen.getByLabelText('Address')).toHaveFocus());
  });

  it('sends only the fields of the chosen card, including what was entered there before', async () => {
    const onInput = vi.fn();
    renderWithCore(<NewFields form={FORM} name="API" onInput={onInput} />);
    enter('Username', 'ana');
    enter('Password', 'development-password');
    fireEvent.click(screen.getByText('Bearer token'));
    enter('Token', 'development-token');
    save();
    await waitFor(() => expect(onInput).toHaveBeenCalledTimes(1));
    fireEvent.click(screen.getByText('Basic authentication'));
    expect(screen.getByLabelText('Password')).toHaveValue('development-password');
    save();
    await waitFor(() => expect(onInput).toHaveBeenCalledTimes(2));
    expect(onInput.mock.calls.map(([input]) => (input as { secrets: unknown }).secrets)).toEqual([
      { authType: 'bearer', token: 'development-token' },
      { authType: 'basic', username: 'ana', password: 'development-password' },
    ]);
  });
});

it('the cards of two forms on the same page have different ids', () => {
  renderWithCore(
    <>
      <NewFields form={FORM} name="One" />
      <NewFields form={FORM} name="Two" />
    </>,
  );
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const two = within(screen.getByRole('region', { name: 'Two' }));
  fireEvent.click(two.getByText('Bearer token'));
  expect(two.getByRole('radio', { name: /Bearer token/ })).toBeChecked();
  const one = within(screen.getByRole('region', { name: 'One' }));
  expect(one.getByRole('radio', { name: /Basic authentication/ })).toBeChecked();
});

describe('a part of a schema that fits no kind of field', () => {
  it('is shown as a text field among the others, and its value is saved', async () => {
    const onInput = vi.fn();
    const form = readConnectorForm({
      properties: {
        config: {
          properties: { shape: { type: 'hologram', label: 'Shape' }, note: { type: 'string' } },
        },
        secrets: { properties: {} },
      },
    });
    renderWithCore(<NewFields form={form} name="API" onInput={onInput} />);
    fireEvent.change(screen.getByLabelText('Shape'), { target: { value: 'cube' } });
    fireEvent.change(screen.getByLabelText('note'), { target: { value: 'x' } });
    fireEvent.click(screen.getByText('Save'));
    await waitFor(() => expect(onInput).toHaveBeenCalledTimes(1));
    expect(onInput.mock.calls[0]?.[0]).toMatchObject({ config: { shape: 'cube', note: 'x' } });
  });

  it('is reported once on the console in development, and never in production', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    reportUnknownParts('.drive', ['config.shape'], true);
    reportUnknownParts('.drive', [], true);
    reportUnknownParts('.drive', ['config.shape'], false);
    expect(warn.mock.calls).toEqual([['The form of .drive shows text fields for: config.shape']]);
    warn.mockRestore();
  });
});
