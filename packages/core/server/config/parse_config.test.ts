import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { settingsOf } from './config_entries.ts';
import { ConfigError } from './config_error.ts';
import { type CoreConfig, coreSchemas } from './core_config.ts';
import { parseSetting } from './load_sources.ts';
import { type ConfigSection, parseConfig } from './parse_config.ts';
import { byteSize, durationMs } from './value_types.ts';

const actions = z.strictObject({
  allowedHosts: z.array(z.string()).default(['*']),
  responseTimeout: durationMs().prefault('60s'),
  maxResponseContentLength: byteSize().prefault('1mb'),
  auth: z
    .strictObject({
      ears: z
        .strictObject({ url: z.string().optional(), enabled: z.boolean().optional() })
        .prefault({}),
    })
    .prefault({}),
  dev: z.strictObject({ hostOverrides: z.record(z.string(), z.string()).default({}) }).prefault({}),
  preconfigured: z
    .record(
      z.string(),
      z.strictObject({ name: z.string(), secrets: z.record(z.string(), z.unknown()).default({}) }),
    )
    .default({}),
});

const SECTIONS: readonly ConfigSection[] = [
  ...Object.entries(coreSchemas).map(([key, schema]) => ({ path: [key], schema })),
  {
    path: ['xpack', 'actions'],
    schema: actions,
    deprecations: [
      { from: 'xpack.actions.ears.url', to: 'xpack.actions.auth.ears.url' },
      { from: 'xpack.actions.oldSwitch', to: undefined },
    ],
  },
  {
    path: ['xpack', 'encryptedSavedObjects'],
    schema: z.strictObject({ encryptionKey: z.string().min(32).optional() }),
  },
];

function read(
  yaml: string | readonly object[],
  environment: Readonly<Record<string, string>> = {},
) {
  const sources =
    typeof yaml === 'string'
      ? [{ name: 'kibana.yml', settings: fromYaml(yaml) }]
      : yaml.map((settings, index) => ({ name: `source ${index}`, settings }));
  const parsed = parseConfig({ sections: SECTIONS, sources, environment });
  const at = <T>(...path: string[]): T => parsed.get(path) as T;
  return {
    parsed,
    server: at<CoreConfig['server']>('server'),
    logging: at<CoreConfig['logging']>('logging'),
    uiSettings: at<CoreConfig['uiSettings']>('uiSettings'),
    actions: at<z.infer<typeof actions>>('xpack', 'actions'),
    encryption: at<{ encryptionKey?: string }>('xpack', 'encryptedSavedObjects'),
  };
}

function fromYaml(yaml: string): unknown {
  const document = parseDocument(yaml, { uniqueKeys: false });
  return settingsOf(document, document.contents);
}

function problemsOf(
  yaml: string | readonly object[],
  environment: Readonly<Record<string, string>> = {},
): string {
  try {
    read(yaml, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseConfig', () => {
  it('accepts the block of the design word for word and applies it', () => {
    const { server, actions, uiSettings, logging, parsed } = read(`
server.publicBaseUrl: http://localhost:5601
xpack.actions.ears.url: http://localhost:4020
uiSettings:
  overrides:
    'workflows:ui:enabled': true
logging:
  loggers:
    - name: plugins.actions
      level: debug
      appenders: [default]
`);
    expect(server.publicBaseUrl).toBe('http://localhost:5601');
    expect(actions.auth.ears.url).toBe('http://localhost:4020');
    expect(uiSettings.overrides).toEqual({ 'workflows:ui:enabled': true });
    expect(logging.loggers).toEqual([
      { name: 'plugins.actions', level: 'debug', appenders: ['default'] },
    ]);
    expect(parsed.warnings).toEqual([
      '[xpack.actions.ears.url] is now called [xpack.actions.auth.ears.url]; rename it in kibana.yml.',
    ]);
  });

  it('fills in defaults when nothing is given', () => {
    const { server, actions } = read('');
    expect(server).toMatchObject({
      host: 'localhost',
      port: 5601,
      basePath: '',
      maxPayload: 1_048_576,
      shutdownTimeout: 30_000,
      trustProxy: false,
    });
    expect(actions.responseTimeout).toBe(60_000);
  });

  it('reads a tree the same, wherever its keys are joined by dots', () => {
    const settings = {
      server: { port: 1, ssl: { enabled: false } },
      logging: { root: { level: 'warn' } },
      xpack: { actions: { auth: { ears: { url: 'http://e', enabled: true } } } },
    };
    const expected = read([settings]);
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (choices) => {
        const written = joinSome(settings, () => choices.next().value ?? false);
        const got = read([written]);
        expect([got.server, got.logging, got.actions]).toEqual([
          expected.server,
          expected.logging,
          expected.actions,
        ]);
      }),
    );
  });

  it.each([
    ['nested', `xpack.actions.dev.hostOverrides: {'https://www.googleapis.com': 'http://g'}`],
    ['joined', `xpack.actions.dev.hostOverrides.https://www.googleapis.com: 'http://g'`],
  ])('keeps the dots in keys of records, %s', (_, yaml) => {
    expect(read(yaml).actions.dev.hostOverrides).toEqual({
      'https://www.googleapis.com': 'http://g',
    });
  });

  it('splits dotted keys inside the objects of a record, and keeps the keys of their records', () => {
    const { actions } = read(`
xpack.actions.preconfigured:
  my.connector: {name: One, secrets.user.name: ana}
xpack.actions.preconfigured.other.name: Two
`);
    expect(actions.preconfigured).toEqual({
      'my.connector': { name: 'One', secrets: { 'user.name': 'ana' } },
      other: { name: 'Two', secrets: {} },
    });
  });

  it('lets later sources win and merges objects and records', () => {
    const { server, uiSettings, actions } = read([
      { 'server.port': 1, 'server.name': 'a', uiSettings: { overrides: { a: 1, b: 1 } } },
      {
        server: { port: 2 },
        'uiSettings.overrides': { b: 2 },
        'xpack.actions.allowedHosts': ['x'],
      },
    ]);
    expect(server).toMatchObject({ port: 2, name: 'a' });
    expect(uiSettings.overrides).toEqual({ a: 1, b: 2 });
    expect(actions.allowedHosts).toEqual(['x']);
  });

  it('accepts a block pasted below another that says the same, and merges what repeats', () => {
    const { server, logging } = read(`
server.publicBaseUrl: http://localhost:5601
logging: {root: {level: warn}}
server.publicBaseUrl: http://localhost:5601
logging:
  loggers: [{name: a, level: debug}]
`);
    expect(server.publicBaseUrl).toBe('http://localhost:5601');
    expect(logging).toMatchObject({ root: { level: 'warn' }, loggers: [{ name: 'a' }] });
  });

  it('freezes what it returns at every depth', () => {
    const { server, logging } = read('');
    expect(Object.isFrozen(server.ssl)).toBe(true);
    expect(Object.isFrozen(logging.root.appenders)).toBe(true);
  });

  it('treats an object with nothing below it as not given', () => {
    expect(read('server:\n  # port: 1\n').server.port).toBe(5601);
  });
});

describe('parseConfig refuses', () => {
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
      'a key that lacks its beginning',
      'actions.responseTimeout: 1s',
      '[actions.responseTimeout]: unknown key in kibana.yml; did you mean [xpack.actions.responseTimeout]?',
    ],
    [
      'an unknown key near nothing, without a guess',
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
      'a duration that is none',
      'server.shutdownTimeout: soon',
      "[server.shutdownTimeout]: expected a duration like '500ms'",
    ],
    [
      'a size that is none',
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
      '[uiSettings.overrides.a]: holds a key that is given twice',
    ],
    ['a base path without its slash', 'server.basePath: x', '[server.basePath]'],
    [
      'a public address that is no URL',
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
      'a public address with another path than the base path',
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
      'an appender nobody defined',
      'logging.root.appenders: [x]',
      "[logging.root.appenders]: there is no appender named 'x'",
    ],
    ['a whole file that is a list', '[1, 2]', 'kibana.yml: expected keys and values, got array'],
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
  ])('keys that reach into JavaScript objects: %j', (settings) => {
    expect(problemsOf([settings])).toMatch(/not allowed/);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('all problems in one message', () => {
    const message = problemsOf('server.prot: 1\nserver.host: 5\nxpack.actions.responseTimeout: x');
    expect(message.split('\n')).toHaveLength(4);
  });

  it('values without repeating them', () => {
    const yaml = `xpack.encryptedSavedObjects.encryptionKey: canary-short\nserver.port: canary\nserver.publicBaseUrl: canary`;
    expect(problemsOf(yaml)).not.toContain('canary');
  });

  it('two sections that claim one key, as a fault of the programmer', () => {
    const section = { path: ['server'], schema: z.strictObject({}) };
    const twice = { sections: [section, section], sources: [], environment: {} };
    expect(() => parseConfig(twice)).toThrow('The setting [server] is declared twice');
  });
});

describe('deprecations', () => {
  it('warn of a key without effect and drop it', () => {
    const { parsed } = read('xpack.actions.oldSwitch: true');
    expect(parsed.warnings).toEqual([
      '[xpack.actions.oldSwitch] has no effect any more; remove it from kibana.yml.',
    ]);
  });

  it('let an old key in a later source win over its new name in an earlier one', () => {
    const { actions, parsed } = read([
      { 'xpack.actions.auth.ears.url': 'http://default' },
      { 'xpack.actions.ears.url': 'http://mine' },
      { 'xpack.actions.auth.ears.enabled': false },
    ]);
    expect(actions.auth.ears).toEqual({ url: 'http://mine', enabled: false });
    expect(parsed.warnings).toHaveLength(1);
  });

  it('move a key between sources: the old name in one file, another key of the new object in the next', () => {
    const { actions } = read([
      { 'xpack.actions.ears': { url: 'http://e' } },
      { 'xpack.actions.auth.ears.enabled': true },
    ]);
    expect(actions.auth.ears).toEqual({ url: 'http://e', enabled: true });
  });
});

describe('text from outside', () => {
  it('takes known keys from the environment, over everything else', () => {
    const { server, actions, encryption } = read('server.port: 1', {
      SERVER_PORT: '2',
      SERVER_PUBLICBASEURL: 'http://a',
      XPACK_ACTIONS_AUTH_EARS_ENABLED: 'true',
      XPACK_ACTIONS_EARS_URL: 'http://e',
      XPACK_ACTIONS_ALLOWEDHOSTS: '[a, b]',
      XPACK_ACTIONS_DEV_HOSTOVERRIDES: '{"https://a.b": "http://c"}',
      XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY: '12345678901234567890123456789012',
      SERVER_NOSUCHKEY: 'x',
      SERVER_NAME: '',
    });
    expect(server).toMatchObject({ port: 2, publicBaseUrl: 'http://a' });
    expect(server.name).not.toBe('');
    expect(actions.auth.ears).toEqual({ url: 'http://e', enabled: true });
    expect(actions.allowedHosts).toEqual(['a', 'b']);
    expect(actions.dev.hostOverrides).toEqual({ 'https://a.b': 'http://c' });
    expect(encryption.encryptionKey).toBe('12345678901234567890123456789012');
  });

  it('names the variable whose value is refused', () => {
    expect(problemsOf('', { SERVER_PORT: 'tcp://10.0.0.1:80' })).toContain(
      '[server.port]: expected number, got string (environment variable SERVER_PORT)',
    );
  });

  it('puts variables into values, with defaults, once', () => {
    const { server, actions } = read(
      `
server.port: \${PORT}
server.name: "\${NAME:nobody}-1"
server.trustProxy: \${PROXY:true}
xpack.actions.preconfigured: {a: {name: A, secrets: {password: "\${PASSWORD}"}}}
`,
      { PORT: '99', PASSWORD: '$' + '{PORT}' },
    );
    expect(server).toMatchObject({ port: 99, name: 'nobody-1', trustProxy: true });
    expect(actions.preconfigured['a']?.secrets).toEqual({ password: '$' + '{PORT}' });
  });

  it('names the variable that is not set, and the key that needs it', () => {
    expect(problemsOf(`server.name: ${'$'}{NOPE}`)).toContain(
      '[server.name]: the environment variable NOPE is not set (kibana.yml)',
    );
  });

  it.each([
    ['server.port=7', (c: ReturnType<typeof read>) => c.server.port, 7],
    ['server.name=7', (c: ReturnType<typeof read>) => c.server.name, '7'],
    ['server.trustProxy=true', (c: ReturnType<typeof read>) => c.server.trustProxy, true],
    [
      'server.trustProxy=10.0.0.0/8',
      (c: ReturnType<typeof read>) => c.server.trustProxy,
      '10.0.0.0/8',
    ],
    ['server.maxPayload=2mb', (c: ReturnType<typeof read>) => c.server.maxPayload, 2_097_152],
    ['server.ssl.key=a=b', (c: ReturnType<typeof read>) => c.server.ssl.key, 'a=b'],
    [
      'uiSettings.overrides.a.b=true',
      (c: ReturnType<typeof read>) => c.uiSettings.overrides,
      { 'a.b': true },
    ],
    [
      'xpack.actions.allowedHosts=[a]',
      (c: ReturnType<typeof read>) => c.actions.allowedHosts,
      ['a'],
    ],
  ])('reads --set %s as the key demands', (text, pick, expected) => {
    expect(pick(read([parseSetting(text)]))).toEqual(expected);
  });

  it('refuses a setting without an equals sign', () => {
    expect(() => parseSetting('server.port')).toThrow('key=value');
  });
});

/** Writes a tree with some of its levels joined by dots. */
function joinSome(tree: object, join: () => boolean): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value !== 'object' || value === null) {
      written[key] = value;
      continue;
    }
    const inner = joinSome(value, join);
    if (!join()) {
      written[key] = inner;
    } else {
      for (const [rest, leaf] of Object.entries(inner)) written[`${key}.${rest}`] = leaf;
    }
  }
  return written;
}
