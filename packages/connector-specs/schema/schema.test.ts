import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AuthTypeEntry } from '../contract/types.ts';
import { aConnectorSpec } from '../spec_definition/spec.mock.ts';
import { getMeta } from '../ui_metadata/index.ts';
import { getSchemaForAuthType } from './auth_type_schema.ts';
import { generateSecretsSchemaFromSpec } from './secrets_schema.ts';
import { serializeConnectorSpec } from './serialize_spec.ts';

const EARS: AuthTypeEntry = {
  type: 'ears',
  defaults: { provider: 'google', scope: 'drive', unknownField: 1 },
  isExperimental: true,
  overrides: { label: 'Quick', meta: { scope: { disabled: true }, nothing: { hidden: true } } },
};

describe('the schema of an auth type in a connector type', () => {
  it('sets a hidden field that was not sent to its default', () => {
    expect(getSchemaForAuthType(EARS).schema.parse({ authType: 'ears' })).toEqual({
      authType: 'ears',
      provider: 'google',
      scope: 'drive',
    });
  });

  it('accepts a value instead of a default', () => {
    const parsed = getSchemaForAuthType(EARS).schema.parse({ authType: 'ears', scope: 'other' });
    expect(parsed['scope']).toBe('other');
  });

  it('ignores defaults and overrides of fields that the auth type does not have', () => {
    expect(Object.keys(getSchemaForAuthType(EARS).schema.shape).sort()).toEqual([
      'authType',
      'provider',
      'scope',
    ]);
  });

  it('merges the metadata of fields over that of the auth type', () => {
    const { shape } = getSchemaForAuthType(EARS).schema;
    expect(getMeta(shape['scope'] as z.ZodType)).toMatchObject({ label: 'Scope', disabled: true });
  });

  it('contains the label, the mode and the flags for the form', () => {
    expect(getMeta(getSchemaForAuthType(EARS).schema)).toEqual({
      label: 'Quick',
      authMode: 'per-user',
      isExperimental: true,
    });
  });

  describe('a client secret', () => {
    const app = {
      authType: 'oauth_authorization_code',
      authorizationUrl: 'https://login.example.com/authorize',
      tokenUrl: 'https://login.example.com/token',
      clientId: 'client-1',
    };
    const parse = (over: object, entry: AuthTypeEntry = 'oauth_authorization_code') =>
      getSchemaForAuthType(entry).schema.safeParse({ ...app, ...over });
    const needed = [
      expect.objectContaining({
        path: ['clientSecret'],
        message: 'is required unless tokenEndpointAuthMethod is none or private_key_jwt',
      }),
    ];

    it.each([{}, { tokenEndpointAuthMethod: 'client_secret_post' }])(
      'is required with %j',
      (over) => {
        expect(parse(over).error?.issues).toEqual(needed);
        expect(parse({ ...over, clientSecret: 'development-secret' }).success).toBe(true);
      },
    );

    it('is not required for a public client', () => {
      expect(parse({ tokenEndpointAuthMethod: 'none' }).success).toBe(true);
      const defaults = { tokenEndpointAuthMethod: 'none' };
      expect(parse({}, { type: 'oauth_authorization_code', defaults }).success).toBe(true);
    });

    it('is replaced by a private key, which the method private_key_jwt requires', () => {
      const withKey = { tokenEndpointAuthMethod: 'private_key_jwt' };
      const { schema } = getSchemaForAuthType('oauth_authorization_code');
      expect(schema.safeParse({ ...app, ...withKey }).error?.issues).toEqual([
        expect.objectContaining({
          path: ['privateKey'],
          message: 'is required if tokenEndpointAuthMethod is private_key_jwt',
        }),
      ]);
    });

    it('is required for client credentials, because nothing else authenticates the client', () => {
      const { schema } = getSchemaForAuthType('oauth_client_credentials');
      const { tokenUrl, clientId } = app;
      const client = { authType: 'oauth_client_credentials', tokenUrl, clientId };
      expect(schema.safeParse({ ...client, tokenEndpointAuthMethod: 'none' }).success).toBe(false);
    });

    it('has metadata that tells forms when it is required', () => {
      const { schema } = getSchemaForAuthType('oauth_authorization_code');
      expect(getMeta(schema.shape['clientSecret'] as z.ZodType)).toMatchObject({
        sensitive: true,
        requiredUnless: { field: 'tokenEndpointAuthMethod', equals: ['none', 'private_key_jwt'] },
      });
    });
  });

  it('rejects unknown fields', () => {
    const { schema } = getSchemaForAuthType('bearer');
    expect(schema.safeParse({ authType: 'bearer', token: 'x', admin: true }).success).toBe(false);
  });

  it('does not change the auth type', () => {
    getSchemaForAuthType(EARS);
    expect(getSchemaForAuthType('ears').schema.safeParse({ authType: 'ears' }).success).toBe(false);
  });
});

describe('the secrets schema of a connector type', () => {
  const spec = aConnectorSpec({ auth: { types: ['bearer', EARS] } });

  it('distinguishes auth types by authType', () => {
    const schema = generateSecretsSchemaFromSpec(spec);
    expect(schema.parse({ authType: 'bearer', token: 't' })).toEqual({
      authType: 'bearer',
      token: 't',
    });
    expect(schema.safeParse({ authType: 'basic', token: 't' }).success).toBe(false);
    expect(schema.safeParse({ token: 't' }).success).toBe(false);
  });

  it('keeps only the auth types of the given mode', () => {
    const schema = generateSecretsSchemaFromSpec(spec, { authMode: 'per-user' });
    expect(schema.safeParse({ authType: 'ears' }).success).toBe(true);
    expect(schema.safeParse({ authType: 'bearer', token: 't' }).success).toBe(false);
  });

  it('is an empty strict object when there are no auth types', () => {
    const schema = generateSecretsSchemaFromSpec({});
    expect(schema.parse({})).toEqual({});
    expect(schema.safeParse({ a: 1 }).success).toBe(false);
  });
});

describe('the form of a connector type as JSON', () => {
  const spec = aConnectorSpec({
    auth: { types: ['bearer', EARS] },
    schema: z.strictObject({ url: z.string().max(9).meta({ label: 'URL' }) }),
  });

  it('contains the config and a union of strict secrets with inline metadata', () => {
    const { schema } = serializeConnectorSpec(spec);
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: {
        config: { properties: { url: { maxLength: 9, label: 'URL' } } },
        secrets: {
          label: 'Authentication',
          oneOf: [
            {
              label: 'Bearer token',
              authMode: 'shared',
              additionalProperties: false,
              required: ['token', 'authType'],
              properties: { authType: { const: 'bearer' }, token: { sensitive: true } },
            },
            {
              label: 'Quick',
              authMode: 'per-user',
              required: ['authType'],
              properties: { provider: { hidden: true, default: 'google' } },
            },
          ],
        },
      },
      required: ['config', 'secrets'],
    });
  });

  it('lists the inputs of actions, in which fields with a default are optional', () => {
    const [action] = serializeConnectorSpec(spec).actions;
    expect(action).toMatchObject({ name: 'echo', scope: 'read', isTool: false });
    expect(action?.input).not.toHaveProperty('required');
  });

  it('is unchanged by JSON.stringify and JSON.parse', () => {
    const serialized = serializeConnectorSpec(spec);
    expect(JSON.parse(JSON.stringify(serialized))).toEqual(serialized);
  });
});
