import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemsOf } from './config_sections.mock.ts';
import { parseConfig } from './parse_config.ts';

describe('the configuration parser refuses', () => {
  it.each([
    [
      'an unknown key, with the nearest known one',
      'server.prot: 1',
      '[server.prot]: unknown key in kibana.yml; did you mean [server.port]?',
    ],
    [
      'an unknown nested key, by its full path',
      'xpack: {actions: {auth: {ears: {uri: x}}}}',
      '[xpack.actions.auth.ears.uri]: unknown key in kibana.yml; did you mean [xpack.actions.auth.ears.url]?',
    ],
    [
      'a key without its first parts',
      'actions.responseTimeout: 1s',
      '[actions.responseTimeout]: unknown key in kibana.yml; did you mean [xpack.actions.responseTimeout]?',
    ],
    [
      'an unknown key that resembles none, without a suggestion',
      'zzzzzz.qqqq: 1',
      '[zzzzzz.qqqq]: unknown key in kibana.yml',
    ],
    [
      'an unknown key in an array of objects',
      'logging.loggers: [{name: a, levle: debug}]',
      '[logging.loggers.0.levle]: unknown key in kibana.yml',
    ],
    [
      'a wrong type',
      'server.port: many',
      '[server.port]: expected number, got string (kibana.yml)',
    ],
    [
      'a missing value inside an array',
      'logging.loggers: [{level: debug}]',
      '[logging.loggers.0.name]: is missing, expected string',
    ],
    [
      'a value where an object belongs',
      'server: 5',
      '[server]: expected object, got number (kibana.yml)',
    ],
    [
      'an object where a value belongs',
      'server.port: {a: 1}',
      '[server.port]: expected number, got object (kibana.yml)',
    ],
    ['a value out of bounds', 'server.port: 70000', '[server.port]: too big'],
    [
      'a text that is not a duration',
      'server.shutdownTimeout: soon',
      "[server.shutdownTimeout]: expected a duration like '500ms'",
    ],
    [
      'a text that is not a size',
      'server.maxPayload: 1xb',
      "[server.maxPayload]: expected a size like '512kb'",
    ],
    [
      'two values for one key',
      'server.port: 1\nserver: {port: 2}',
      '[server.port]: given twice, as "server.port" and as "server" > "port" (kibana.yml)',
    ],
    ['a value and an object for one key', 'server: 1\nserver.port: 2', '[server]: given twice'],
    [
      'a record entry given in two spellings',
      'uiSettings.overrides.a: 1\nuiSettings: {overrides: {a: 2}}',
      '[uiSettings.overrides.a]: given twice',
    ],
    [
      'an old key beside the new one',
      'xpack.actions.ears.url: a\nxpack.actions.auth.ears.url: b',
      '[xpack.actions.ears.url]: given together with [xpack.actions.auth.ears.url]',
    ],
    [
      'one key written twice with two values',
      'server.port: 1\nserver.port: 2',
      '[server.port]: given twice',
    ],
    [
      'a key repeated inside a value',
      'uiSettings.overrides.a: {b: 1, b: 1}',
      '[uiSettings.overrides.a]: contains a key that is given twice',
    ],
    ['a base path without its slash', 'server.basePath: x', '[server.basePath]'],
    [
      'a public address that is not a URL',
      'server.publicBaseUrl: localhost',
      '[server.publicBaseUrl]',
    ],
    [
      'a public address with a slash at its end',
      'server.publicBaseUrl: http://a/',
      '[server.publicBaseUrl]: must not end with a slash',
    ],
    [
      'a public address of another scheme',
      'server.publicBaseUrl: ftp://a',
      '[server.publicBaseUrl]: must begin with http:// or https://',
    ],
    [
      'a public address with credentials',
      'server.publicBaseUrl: http://u:p@a',
      '[server.publicBaseUrl]: must not have a user name',
    ],
    [
      'a public address whose path differs from the base path',
      'server: {publicBaseUrl: "http://a/x", basePath: /y}',
      "[server.publicBaseUrl]: its path must equal server.basePath, which is '/y'",
    ],
    [
      'rewriting without a base path',
      'server.rewriteBasePath: true',
      '[server.rewriteBasePath]: needs server.basePath',
    ],
    ['TLS without files', 'server.ssl.enabled: true', '[server.ssl]: server.ssl.enabled needs'],
    [
      'an appender that is not defined',
      'logging.root.appenders: [x]',
      "[logging.root.appenders]: there is no appender named 'x'",
    ],
    ['a file that contains a list', '[1, 2]', 'kibana.yml: expected keys and values, got array'],
  ])('%s', (_, yaml, message) => {
    expect(problemsOf(yaml)).toContain(message);
  });

  it.each([
    [{ ['__proto__.x']: 1 }],
    [JSON.parse('{"server":{"__proto__":{"port":1}}}')],
    [JSON.parse('{"uiSettings":{"overrides":{"__proto__":1}}}')],
    [JSON.parse('{"uiSettings":{"overrides":{"a":{"constructor":{"x":1}}}}}')],
    [{ 'xpack.actions.preconfigured': { constructor: { name: 'x' } } }],
    [{ 'xpack.actions.prototype.x': 1 }],
  ])('keys that would change JavaScript prototypes: %j', (settings) => {
    expect(problemsOf([settings])).toMatch(/not allowed/);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('several wrong settings, with all problems in one message', () => {
    const message = problemsOf('server.prot: 1\nserver.host: 5\nxpack.actions.responseTimeout: x');
    expect(message.split('\n')).toHaveLength(4);
  });

  it('wrong values, without repeating them in the message', () => {
    const yaml = `xpack.encryptedSavedObjects.encryptionKey: canary-short\nserver.port: canary\nserver.publicBaseUrl: canary`;
    expect(problemsOf(yaml)).not.toContain('canary');
  });

  it('two sections with the same key, because this is a programming error', () => {
    const section = { path: ['server'], schema: z.strictObject({}) };
    const twice = { sections: [section, section], sources: [], environment: {} };
    expect(() => parseConfig(twice)).toThrow('The setting [server] is declared twice');
  });
});
