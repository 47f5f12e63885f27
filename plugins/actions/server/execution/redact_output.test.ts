import { describe, expect, it } from '@jest/globals';
import { ConnectorActionError } from '@latchkey/connector-specs';
import fc from 'fast-check';
import { credentialsOf, redactOutput } from './redact_output.ts';

const TOKEN = 'development/token+1=';

describe('the credentials of an execution', () => {
  it('are the headers’ tokens and the sensitive secrets, also percent-encoded, the longest first', () => {
    const secrets = {
      authType: 'oauth_authorization_code',
      clientId: 'development-client',
      clientSecret: 'development-secret',
      scope: 'everything-there-is',
    };
    expect(credentialsOf('oauth_authorization_code', secrets, [`Bearer ${TOKEN}`])).toEqual([
      encodeURIComponent(TOKEN),
      TOKEN,
      'development-secret',
    ]);
  });

  it('are the values of headers that the secrets name themselves', () => {
    const secrets = { authType: 'api_key_header', 'X-Key': 'development-key' };
    expect(credentialsOf('api_key_header', secrets, [])).toEqual(['development-key']);
  });

  it('leave out what is so short that ordinary words would vanish', () => {
    const secrets = { authType: 'basic', username: 'user', password: 'short' };
    expect(credentialsOf('basic', secrets, [])).toEqual([]);
  });
});

describe('redacted output', () => {
  it('E67: holds no credential, wherever it stood', () => {
    const junk = fc.string({ maxLength: 5 });
    const echo = fc.tuple(junk, junk).map(([before, after]) => `${before}${TOKEN}${after}`);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(echo, junk, fc.integer(), fc.constant(null)),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(echo, junk), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (output) => {
        expect(JSON.stringify(redactOutput(output, [TOKEN])) ?? '').not.toContain(TOKEN);
      }),
    );
  });

  it('is the very same object when there is nothing to hide', () => {
    const output = { list: [{ text: 'fine' }], date: new Date(0), bytes: Buffer.from(TOKEN) };
    expect(redactOutput(output, [TOKEN])).toBe(output);
  });

  it('keeps a member called __proto__ as data', () => {
    const output = JSON.parse(`{"__proto__": {"admin": true}, "echo": "${TOKEN}"}`);
    const safe = redactOutput(output, [TOKEN]);
    expect(JSON.stringify(safe)).toBe('{"__proto__":{"admin":true},"echo":"[redacted]"}');
    expect(safe.admin).toBeUndefined();
  });

  it('hides a credential that contains another as a whole', () => {
    expect(redactOutput('secret-long', ['secret-long', 'secret'])).toBe('[redacted]');
  });

  it('refuses circles and bottomless answers', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    for (const output of [circle, deep]) {
      expect(() => redactOutput(output, [])).toThrow(ConnectorActionError);
    }
  });
});
