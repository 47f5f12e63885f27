import { connectorSpecs, serializeConnectorSpec } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import { type ConnectorForm, type FormField, fieldParts } from './form_field.ts';
import {
  changedConnectorInput,
  type FormValues,
  newConnectorInput,
  newFormValues,
  type StoredValues,
  storedForm,
  storedFormValues,
} from './form_values.ts';
import { readConnectorForm } from './read_spec.ts';
import { isShown, readerOf } from './shown_fields.ts';
import { validateForm } from './validate_values.ts';

const OAUTH = 'oauth_authorization_code';
const RULES = { isHttpsRequired: true };
const ENDPOINTS = {
  authorizationUrl: 'https://login.example.com/authorize',
  tokenUrl: 'https://login.example.com/token',
};

const formOf = (id: string): ConnectorForm => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
  if (spec === undefined) throw new Error(`no connector type ${id}`);
  return readConnectorForm(serializeConnectorSpec(spec).schema);
};
const customApi = formOf('.custom_api');

/** Form values in which some values of the chosen option are replaced. */
const withSecrets = (values: FormValues, secrets: FormValues['config']): FormValues => ({
  ...values,
  secrets: {
    ...values.secrets,
    [values.authType]: { ...values.secrets[values.authType], ...secrets },
  },
});

const newValues = (secrets: FormValues['config'] = {}, authType = OAUTH): FormValues =>
  withSecrets(
    { ...newFormValues(customApi, 'API'), authType, config: { url: 'https://api.example.com' } },
    authType === OAUTH ? { ...ENDPOINTS, clientId: 'client-1', ...secrets } : secrets,
  );

const shownNames = (form: ConnectorForm, values: FormValues, group: 'config' | 'secrets') => {
  const option = form.authOptions.find(({ id }) => id === values.authType);
  const fields = group === 'config' ? form.config : (option?.fields ?? []);
  const read = readerOf(form, values, group);
  return fields.filter((field) => isShown(field, read)).map(({ name }) => name);
};

const OF_ASSERTION = [
  ...['privateKey', 'keyId', 'signingAlgorithm', 'certificate'],
  ...['assertionAudience', 'assertionIssuer', 'assertionParameter'],
];

describe('the fields of a custom API', () => {
  it.each([
    ['', true, false],
    ['client_secret_basic', true, false],
    ['client_secret_post', true, false],
    ['private_key_jwt', false, true],
    ['none', false, false],
  ])(
    'for the client authentication %j show the secret: %j, and the key: %j',
    (method, secret, key) => {
      const shown = shownNames(
        customApi,
        newValues({ tokenEndpointAuthMethod: method }),
        'secrets',
      );
      expect(shown.includes('clientSecret')).toBe(secret);
      expect(OF_ASSERTION.map((name) => shown.includes(name))).toEqual(OF_ASSERTION.map(() => key));
    },
  );

  it.each([
    [OAUTH, true],
    ['oauth_client_credentials', true],
    ['bearer', false],
    ['none', false],
  ])('for %s show the provider data (expected: %j)', (authType, isThere) => {
    const shown = shownNames(customApi, newValues({}, authType), 'config');
    expect(shown).toEqual(['url', 'idempotencyHeader', ...(isThere ? ['providerData'] : [])]);
  });

  it('are in collapsed sections, one for each topic', () => {
    const fields = customApi.authOptions.find(({ id }) => id === OAUTH)?.fields ?? [];
    const { main, sections } = fieldParts(fields);
    const names = (list: readonly FormField[]) => list.map(({ name }) => name);
    expect(names(main)).toEqual([
      ...['authorizationUrl', 'tokenUrl', 'clientId', 'clientSecret', 'scope'],
    ]);
    expect(sections.map((part) => [part.id, names(part.fields)])).toEqual([
      ['authorization_request', ['issuer', 'scopeParamName']],
      ['token_request', ['tokenEndpointAuthMethod', ...OF_ASSERTION]],
      ['token_response', ['accessTokenPath', 'tokenTypePath', 'tokenType']],
      ['account', ['userinfoUrl', 'accountIdPath', 'accountLabelPath']],
      ['revocation', ['revocationUrl']],
    ]);
  });

  it('are in one part when there are only a few', () => {
    const drive = formOf('.google_drive').authOptions.find(({ id }) => id === OAUTH);
    const { sections } = fieldParts(drive?.fields ?? []);
    expect(sections.map((part) => [part.id, part.fields.map(({ name }) => name)])).toEqual([
      ['advanced', ['revocationUrl', 'issuer', 'userinfoUrl']],
    ]);
  });
});

describe('a field that is not shown', () => {
  it('is not checked', () => {
    const wrong = { clientSecret: 'development-secret', certificate: 'x', privateKey: '' };
    const values = newValues(wrong);
    expect(validateForm(customApi, values, RULES)).toEqual([]);
    const withKey = withSecrets(values, { tokenEndpointAuthMethod: 'private_key_jwt' });
    expect(validateForm(customApi, withKey, RULES)).toEqual([
      { path: 'secrets.privateKey', code: 'required' },
      { path: 'secrets.certificate', code: 'invalid_format' },
    ]);
  });

  it('is not sent for a new connector, and its value returns when the field is shown again', () => {
    const values = newValues({
      tokenEndpointAuthMethod: 'private_key_jwt',
      privateKey: 'development-key',
      clientSecret: 'development-secret',
    });
    const sent = newConnectorInput(customApi, values).secrets;
    expect(sent).toMatchObject({ privateKey: 'development-key' });
    expect(sent).not.toHaveProperty('clientSecret');
    const again = withSecrets(values, { tokenEndpointAuthMethod: '' });
    expect(newConnectorInput(customApi, again).secrets).toEqual({
      ...ENDPOINTS,
      authType: OAUTH,
      clientId: 'client-1',
      clientSecret: 'development-secret',
    });
  });

  it('depends on the chosen way to authenticate when it is in the config', () => {
    const values = { ...newValues(), config: { url: 'https://a.example', providerData: '{}' } };
    expect(newConnectorInput(customApi, values).config).toHaveProperty('providerData', '{}');
    const bearer = { ...values, authType: 'bearer' };
    expect(newConnectorInput(customApi, bearer).config).toEqual({ url: 'https://a.example' });
  });
});

describe('the form of a stored connector', () => {
  const stored = (over: Partial<StoredValues> = {}): StoredValues => ({
    name: 'API',
    auth_type: OAUTH,
    config: { url: 'https://api.example.com' },
    secrets: {
      ...ENDPOINTS,
      authType: OAUTH,
      clientId: 'client-1',
      tokenEndpointAuthMethod: 'private_key_jwt',
      keyId: 'key-1',
    },
    credentials: { privateKey: { stored: true }, clientSecret: { stored: false } },
    ...over,
  });

  it('does not send stored values whose fields another choice hides', () => {
    const before = stored();
    const values = storedFormValues(customApi, before);
    expect(values.kept).toEqual(['privateKey']);
    const changed = withSecrets(values, {
      tokenEndpointAuthMethod: 'client_secret_post',
      clientSecret: 'development-secret',
    });
    const input = changedConnectorInput(customApi, changed, before);
    expect(input.keep_secrets).toEqual([]);
    expect(input.secrets).toEqual({
      ...ENDPOINTS,
      authType: OAUTH,
      clientId: 'client-1',
      tokenEndpointAuthMethod: 'client_secret_post',
      clientSecret: 'development-secret',
    });
  });

  it('shows stored values whose field would be hidden, and keeps them until the user changes the other field', () => {
    // A REST client has stored this: a key and no client authentication.
    const before = stored({
      secrets: { ...ENDPOINTS, authType: OAUTH, clientId: 'client-1', keyId: 'key-1' },
      credentials: { privateKey: { stored: true }, clientSecret: { stored: true } },
    });
    const form = storedForm(customApi, before);
    const values = storedFormValues(form, before);
    const shown = shownNames(form, values, 'secrets');
    expect(shown).toEqual(expect.arrayContaining(['clientSecret', 'privateKey', 'keyId']));
    expect(shown).not.toContain('certificate');
    const renamed = withSecrets(values, { clientId: 'client-2' });
    expect(changedConnectorInput(form, renamed, before)).toMatchObject({
      secrets: { clientId: 'client-2', keyId: 'key-1' },
      keep_secrets: ['privateKey', 'clientSecret'],
    });
    const chosen = withSecrets(values, { tokenEndpointAuthMethod: 'client_secret_post' });
    const input = changedConnectorInput(form, chosen, before);
    expect(input.keep_secrets).toEqual(['clientSecret']);
    expect(input.secrets).not.toHaveProperty('keyId');
  });
});

describe('the conditions of every connector type', () => {
  it.each(connectorSpecs.map(({ metadata: { id } }) => [id]))(
    'of %s name existing values of a field that itself has no condition',
    (id) => {
      const { config, authOptions, unknownParts } = formOf(id);
      expect(unknownParts).toEqual([]);
      for (const { fields } of [{ fields: config }, ...authOptions]) {
        for (const { shownIf, requiredIf, requiredUnless } of fields) {
          for (const condition of [shownIf, requiredIf, requiredUnless]) {
            if (condition === undefined) continue;
            const named = [...fields, ...config].find(({ name }) => name === condition.field);
            const accepted =
              named?.kind === 'select' ? named.options : authOptions.map((option) => option.id);
            expect(named?.shownIf).toBeUndefined();
            expect(['', ...accepted]).toEqual(expect.arrayContaining([...condition.equals]));
          }
        }
      }
    },
  );
});
