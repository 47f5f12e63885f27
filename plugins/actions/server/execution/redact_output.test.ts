import { ConnectorActionError, publicSecretFields } from '@latchkey/connector-specs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialsOf, redactOutput } from './redact_output.ts';

const TOKEN = 'development/token+1=';

describe('the credentials of an execution', () => {
  it('are the tokens of the headers and the sensitive secrets', () => {
    const secrets = {
      authType: 'oauth_authorization_code',
      clientId: 'development-client',
      clientSecret: 'development-secret',
      scope: 'everything-there-is',
    };
    const publicFields = publicSecretFields('oauth_authorization_code');
    const headers = [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`];
    expect(credentialsOf({ publicFields, secrets, headers })).toEqual([
      TOKEN,
      'development-secret',
    ]);
  });

  it('are the values of headers that the secrets define', () => {
    const secrets = { authType: 'api_key_header', 'X-Key': 'development-key' };
    const publicFields = publicSecretFields('api_key_header');
    const secretTexts = ['development-header'];
    expect(credentialsOf({ publicFields, secrets, headers: [], secretTexts })).toEqual([
      'development-header',
      'development-key',
    ]);
  });
});

describe('redacted output', () => {
  it('E67: contains no credential in any value or name', () => {
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

  it('is the same object when there is no credential to hide', () => {
    const output = { list: [{ text: 'fine' }], date: new Date(0), bytes: Buffer.from('fine') };
    expect(redactOutput(output, [TOKEN])).toBe(output);
  });

  it('E67: contains no credential in hex, base64 or base64url, at any offset', () => {
    const credential = fc.string({ unit: 'binary', minLength: 8, maxLength: 40 });
    const around = fc.tuple(fc.uint8Array({ maxLength: 5 }), fc.uint8Array({ maxLength: 5 }));
    fc.assert(
      fc.property(credential, around, (secret, [before, after]) => {
        const bytes = Buffer.from(secret, 'utf8');
        const embedded = Buffer.concat([before, bytes, after]);
        for (const encoding of ['hex', 'base64', 'base64url'] as const) {
          const safe = redactOutput({ echo: embedded.toString(encoding) }, [secret]);
          expect(Buffer.from(safe.echo, encoding).includes(bytes)).toBe(false);
          expect(safe.echo).toContain('[redacted]');
        }
        const upper = embedded.toString('hex').toUpperCase();
        expect(redactOutput(upper, [secret])).toContain('[redacted]');
      }),
    );
  });

  it.each([
    ['percent-encoded', encodeURIComponent(TOKEN)],
    [
      'percent-encoded in lower case',
      encodeURIComponent(TOKEN).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['in JSON', JSON.stringify(`${TOKEN}"`)],
  ])('E67: contains no credential that the response contains %s', (_form, echo) => {
    expect(redactOutput(`<${echo}>`, [TOKEN])).toContain('[redacted]');
    expect(redactOutput(`<${echo}>`, [TOKEN])).not.toContain('token');
  });

  it('E67: contains no credential in binary data', () => {
    const secret = 'geheim-schlüssel';
    const safe = redactOutput({ file: Buffer.from(`a ${secret} b`) }, [secret]);
    expect(Buffer.from(safe.file).toString('utf8')).toBe('a [redacted] b');
    const encoded = Buffer.from(Buffer.from(`?${secret}`).toString('base64'));
    expect(redactOutput(encoded, [secret]).toString()).toContain('[redacted]');
    expect(redactOutput(new Uint8Array([1, 2, 3]), [secret])).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('E67: contains no short credential as a separate word, but keeps words that contain it', () => {
    const echoes = ['word', 'pass=word;', '"word"', 'd29yZA==', 'x:d29yZA', '776f7264', '776F7264'];
    for (const echo of echoes) expect(redactOutput(echo, ['word'])).toContain('[redacted]');
    for (const text of ['password', 'words', '1word', 'swordfish']) {
      expect(redactOutput(text, ['word'])).toBe(text);
    }
  });

  it('E67: contains a credential of fewer than four characters unless it is the whole text', () => {
    expect(redactOutput({ pin: '42a', text: 'the 42a bus' }, ['42a'])).toEqual({
      pin: '[redacted]',
      text: 'the 42a bus',
    });
  });

  it('keeps a property named __proto__ as data', () => {
    const output = JSON.parse(`{"__proto__": {"admin": true}, "echo": "${TOKEN}"}`);
    const safe = redactOutput(output, [TOKEN]);
    expect(JSON.stringify(safe)).toBe('{"__proto__":{"admin":true},"echo":"[redacted]"}');
    expect(safe.admin).toBeUndefined();
  });

  it('contains no part of a credential that contains another credential', () => {
    expect(redactOutput('secret-long', ['secret-long', 'secret'])).toBe('[redacted]');
  });

  it('cannot be made from output that is circular or nested too deeply', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    for (const output of [circle, deep]) {
      expect(() => redactOutput(output, [])).toThrow(ConnectorActionError);
    }
  });
});
