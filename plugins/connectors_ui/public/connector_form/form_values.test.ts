import { connectorSpecs, serializeConnectorSpec } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import type { FormField } from './form_field.ts';
import {
  changedConnectorInput,
  decodeFields,
  encodeFields,
  type FormValues,
  newConnectorInput,
  newFormValues,
  offeredOptions,
  type StoredValues,
  storedFormValues,
} from './form_values.ts';
import { readConnectorForm } from './read_spec.ts';

const formOf = (id: string) => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
  if (spec === undefined) throw new Error(`no connector type ${id}`);
  return readConnectorForm(serializeConnectorSpec(spec).schema);
};

const OAUTH = 'oauth_authorization_code';
const drive = formOf('.google_drive');
const customApi = formOf('.custom_api');

const withSecrets = (values: FormValues, option: string, secrets: FormValues['config']) => ({
  ...values,
  authType: option,
  secrets: { ...values.secrets, [option]: { ...values.secrets[option], ...secrets } },
});

describe('a new form', () => {
  it('proposes the name and prefers an option that is neither legacy nor experimental', () => {
    const values = newFormValues(customApi, 'Custom API');
    expect(values).toMatchObject({ name: 'Custom API', authType: 'none', kept: [] });
  });

  it('contains the default values of the schema', () => {
    expect(newFormValues(customApi, '').secrets['api_key_header']).toMatchObject({
      headerField: 'Api-Key',
      apiKey: '',
    });
  });

  it('sends only the chosen option, without empty fields', () => {
    const values = withSecrets(newFormValues(drive, ' Drive '), OAUTH, {
      clientId: 'client-1',
      clientSecret: 'development-secret',
      issuer: '',
    });
    const input = newConnectorInput(drive, withSecrets(values, OAUTH, {}));
    expect(input.name).toBe('Drive');
    expect(input.secrets).toMatchObject({
      authType: OAUTH,
      clientId: 'client-1',
      clientSecret: 'development-secret',
    });
    expect(input.secrets).not.toHaveProperty('issuer');
    expect(input.secrets).not.toHaveProperty('token');
  });

  it('keeps what was entered under a card when another card is chosen', () => {
    const typed = withSecrets(newFormValues(drive, 'Drive'), 'bearer', { token: 'abc' });
    const back = { ...withSecrets(typed, OAUTH, { clientId: 'x' }), authType: 'bearer' };
    expect(newConnectorInput(drive, back).secrets).toEqual({ authType: 'bearer', token: 'abc' });
  });

  it('sends no `authType` for a type with its own form of credentials', () => {
    const http = formOf('.http');
    const values = newFormValues(http, 'HTTP');
    const secrets = { own: { ...values.secrets['own'], user: 'ana', password: 'pass' } };
    expect(newConnectorInput(http, { ...values, secrets }).secrets).toEqual({
      user: 'ana',
      password: 'pass',
    });
  });

  it('does not offer legacy options', () => {
    const [first, ...rest] = drive.authOptions;
    if (first === undefined) throw new Error('no options');
    const form = { ...drive, authOptions: [{ ...first, isLegacy: true }, ...rest] };
    expect(offeredOptions(form).map(({ id }) => id)).toEqual([OAUTH, 'ears']);
  });
});

describe('the form of a stored connector', () => {
  const stored: StoredValues = {
    name: 'Drive',
    auth_type: OAUTH,
    config: {},
    secrets: {
      authType: OAUTH,
      authorizationUrl: 'https://login.example.com/authorize',
      tokenUrl: 'https://login.example.com/token',
      clientId: 'client-1',
      futureField: 'of a newer version',
    },
    credentials: { clientSecret: { stored: true } },
  };
  const values = storedFormValues(drive, stored);

  it('shows stored values, and keeps stored credentials', () => {
    expect(values).toMatchObject({
      name: 'Drive',
      authType: OAUTH,
      kept: ['clientSecret'],
      secrets: { [OAUTH]: { clientId: 'client-1', clientSecret: '' } },
    });
  });

  it('sends no secrets when none changed', () => {
    expect(changedConnectorInput(drive, { ...values, name: 'Files' }, stored)).toEqual({
      name: 'Files',
      config: {},
    });
  });

  it('sends all stored values and keeps the credential when the client id was changed', () => {
    const input = changedConnectorInput(
      drive,
      withSecrets(values, OAUTH, { clientId: 'client-2' }),
      stored,
    );
    expect(input.secrets).toEqual({
      authType: OAUTH,
      authorizationUrl: 'https://login.example.com/authorize',
      tokenUrl: 'https://login.example.com/token',
      clientId: 'client-2',
      futureField: 'of a newer version',
    });
    expect(input.keep_secrets).toEqual(['clientSecret']);
  });

  it('sends a replaced credential instead of keeping the stored one', () => {
    const replaced = withSecrets({ ...values, kept: [] }, OAUTH, { clientSecret: 'new-secret' });
    const input = changedConnectorInput(drive, replaced, stored);
    expect(input.secrets).toMatchObject({ clientId: 'client-1', clientSecret: 'new-secret' });
    expect(input.keep_secrets).toEqual([]);
  });

  it('keeps no credential when another auth type was chosen', () => {
    const api: StoredValues = {
      name: 'API',
      auth_type: 'bearer',
      config: { url: 'https://api.example.com', later: true },
      secrets: { authType: 'bearer' },
      credentials: { token: { stored: true } },
    };
    const changed = withSecrets(storedFormValues(customApi, api), 'basic', {
      username: 'ana',
      password: 'pass',
    });
    expect(changedConnectorInput(customApi, changed, api)).toEqual({
      name: 'API',
      config: { url: 'https://api.example.com', later: true },
      secrets: { authType: 'basic', username: 'ana', password: 'pass' },
    });
  });

  it('offers only options of the same mode, and the only option of a per-user connector', () => {
    expect(offeredOptions(customApi, { auth_type: OAUTH }).map(({ id }) => id)).toEqual([OAUTH]);
    const shared = offeredOptions(customApi, { auth_type: 'basic' });
    expect(new Set(shared.map(({ authMode }) => authMode))).toEqual(new Set(['shared']));
  });
});

describe('the value of a field', () => {
  const base = {
    label: 'Value',
    isRequired: false,
    isHidden: false,
    isDisabled: false,
  };
  const cases: readonly [FormField, unknown, unknown][] = [
    [{ ...base, name: 'v', kind: 'text' }, ' a ', 'a'],
    [{ ...base, name: 'v', kind: 'secret' }, ' a ', ' a '],
    [{ ...base, name: 'v', kind: 'number', isInteger: true }, '12', 12],
    [{ ...base, name: 'v', kind: 'switch' }, false, false],
    [{ ...base, name: 'v', kind: 'switch' }, '', undefined],
    [{ ...base, name: 'v', kind: 'list' }, 'a\n\n b ', ['a', 'b']],
    [{ ...base, name: 'v', kind: 'json', accepts: 'any' }, 'plain', 'plain'],
    [{ ...base, name: 'v', kind: 'json', accepts: 'object' }, '{"a":1}', { a: 1 }],
    [{ ...base, name: 'v', kind: 'json', accepts: 'text' }, '{"a":1}', '{"a":1}'],
    [
      { ...base, name: 'v', kind: 'key_value', isSecret: false },
      [
        { key: ' Accept ', value: 'text/plain' },
        { key: '', value: '' },
      ],
      { Accept: 'text/plain' },
    ],
    [{ ...base, name: 'v', kind: 'key_value', isSecret: false }, [], undefined],
  ];

  it.each(cases)('of the field %j, entered as %j, is sent as %j', (field, value, expected) => {
    const sent = encodeFields([field], { v: value as string });
    expect(sent).toEqual(expected === undefined ? {} : { v: expected });
  });

  it.each([
    [{ ...base, name: 'v', kind: 'list' }, ['a', 'b'], 'a\nb'],
    [{ ...base, name: 'v', kind: 'number', isInteger: true }, 12, '12'],
    [{ ...base, name: 'v', kind: 'text' }, null, ''],
    [{ ...base, name: 'v', kind: 'json', accepts: 'object' }, { a: 1 }, '{\n  "a": 1\n}'],
    [
      { ...base, name: 'v', kind: 'key_value', isSecret: false },
      { a: 'b' },
      [{ key: 'a', value: 'b' }],
    ],
  ] as [FormField, unknown, unknown][])(
    'of the field %j, stored as %j, is edited as %j',
    (field, value, expected) => {
      expect(decodeFields([field], { v: value })).toEqual({ v: expected });
    },
  );

  it('stays unset when a switch was never stored', () => {
    const field: FormField = { ...base, name: 'v', kind: 'switch' };
    expect(encodeFields([field], decodeFields([field], {}))).toEqual({});
  });
});

describe('the enabled actions', () => {
  const actions = ['find', 'read', 'write'].map((name) => ({
    name,
    label: name,
    description: name,
    effect: name === 'write' ? ('write' as const) : ('read' as const),
  }));
  const withActions = { ...formOf('.custom_api'), actions };
  const stored = {
    name: 'API',
    auth_type: 'none',
    config: { url: 'https://api.example', enabledActions: ['find', 'removed'] },
    enabled_actions: ['find', 'removed'],
  };

  it('are all actions in a new form; in the form of a stored connector, the stored ones that the type still has', () => {
    expect(newFormValues(withActions, 'API').enabledActions).toBeNull();
    expect(storedFormValues(withActions, stored).enabledActions).toEqual(['find']);
    expect(storedFormValues(withActions, { ...stored, enabled_actions: undefined })).toMatchObject({
      enabledActions: null,
    });
  });

  it('are sent as they are chosen, and are not sent when all actions are chosen', () => {
    const values = storedFormValues(withActions, stored);
    const sent = (enabledActions: readonly string[] | null) =>
      changedConnectorInput(withActions, { ...values, enabledActions }, stored).config;
    expect(sent(['read'])).toMatchObject({ enabledActions: ['read'] });
    expect(sent(null)).not.toHaveProperty('enabledActions');
    const added = { ...newFormValues(withActions, 'API'), enabledActions: ['read'] };
    expect(newConnectorInput(withActions, added).config).toMatchObject({
      enabledActions: ['read'],
    });
  });

  it('stay as they are stored in a form without a choice', () => {
    const { actions: _, ...without } = withActions;
    const values = storedFormValues(without, stored);
    expect(changedConnectorInput(without, values, stored).config).toEqual(stored.config);
  });
});
