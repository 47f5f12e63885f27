import { describe, expect, it } from '@jest/globals';
import type { ConnectorSpec } from '../contract/types.ts';
import { defineConnectorSpec } from './define_spec.ts';
import { aConnectorSpec } from './spec.mock.ts';

const withId = (id: string): ConnectorSpec =>
  aConnectorSpec({ metadata: { ...aConnectorSpec().metadata, id } });

const codeOf = (spec: ConnectorSpec): string => {
  try {
    defineConnectorSpec(spec);
    return 'accepted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

describe('defineConnectorSpec', () => {
  it('accepts and freezes a valid spec', () => {
    expect(Object.isFrozen(defineConnectorSpec(aConnectorSpec()))).toBe(true);
  });

  it.each(['.a', '.google_drive', '.sharepoint-online', '.1password', `.${'a'.repeat(63)}`])(
    'accepts the id %s',
    (id) => {
      expect(codeOf(withId(id))).toBe('accepted');
    },
  );

  it.each(['', '.', 'drive', '..', '.a b', '.a/b', `.${'a'.repeat(64)}`, '.ä'])(
    'refuses the id %p',
    (id) => {
      expect(codeOf(withId(id))).toBe('invalid_metadata');
    },
  );

  it('rejects the reserved name of the connection test', () => {
    const { actions } = aConnectorSpec();
    expect(codeOf(aConnectorSpec({ actions: { _test: actions['echo'] as never } }))).toBe(
      'reserved_action',
    );
  });

  it.each(['', '1a', 'a-b', 'a.b', '_private', 'a'.repeat(65)])(
    'rejects the action name %p',
    (name) => {
      const { actions } = aConnectorSpec();
      expect(codeOf(aConnectorSpec({ actions: { [name]: actions['echo'] as never } }))).toBe(
        'invalid_action_name',
      );
    },
  );

  it('rejects a spec without an action or a test', () => {
    const test = { enabled: false, handler: async () => ({}) };
    expect(codeOf(aConnectorSpec({ actions: {}, test }))).toBe('nothing_to_run');
  });

  it('rejects an auth type listed twice, in either form', () => {
    expect(
      codeOf(aConnectorSpec({ auth: { types: ['bearer', { type: 'bearer', defaults: {} }] } })),
    ).toBe('duplicate_auth_type');
  });

  it('rejects an unknown auth type', () => {
    expect(codeOf(aConnectorSpec({ auth: { types: ['magic'] } }))).toBe('unknown_auth_type');
  });

  it('rejects a misspelled URL field, which would bypass the allow-list', () => {
    expect(codeOf(aConnectorSpec({ validateUrls: { fields: ['ulr'] } }))).toBe('unknown_url_field');
  });

  it.each(['http://api.example.com', 'https://api.example.com/', 'api.example.com', 'https://'])(
    'rejects %p as an origin for credentials',
    (origin) => {
      expect(codeOf(aConnectorSpec({ apiOrigins: [origin] }))).toBe('invalid_api_origin');
    },
  );

  it.each(['Authorization', 'cookie', 'Host', 'Transfer-Encoding', 'a b', '__proto__'])(
    'rejects %p as a header of every call',
    (header) => {
      const headers = Object.fromEntries([[header, 'x']]);
      expect(codeOf(aConnectorSpec({ auth: { types: [], headers } }))).toBe('forbidden_header');
    },
  );
});
