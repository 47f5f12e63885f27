import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { read } from './config_sections.mock.ts';

describe('the parsed configuration', () => {
  it('contains the values of the example configuration', () => {
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

  it('contains defaults when no setting is given', () => {
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

  it('is the same whether keys are nested or joined by dots', () => {
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
  ])('keeps the dots in the keys of a %s record', (_, yaml) => {
    expect(read(yaml).actions.dev.hostOverrides).toEqual({
      'https://www.googleapis.com': 'http://g',
    });
  });

  it('splits dotted keys inside the objects of a record, but not the keys of the record', () => {
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

  it('contains the values of later sources, and merges objects and records of all sources', () => {
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

  it('contains a repeated block once when both have the same values', () => {
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

  it('is frozen at every depth', () => {
    const { server, logging } = read('');
    expect(Object.isFrozen(server.ssl)).toBe(true);
    expect(Object.isFrozen(logging.root.appenders)).toBe(true);
  });

  it('does not contain an object that has no values', () => {
    expect(read('server:\n  # port: 1\n').server.port).toBe(5601);
  });
});

describe('a deprecated setting', () => {
  it('is dropped with a warning when it has no effect', () => {
    const { parsed } = read('xpack.actions.oldSwitch: true');
    expect(parsed.warnings).toEqual([
      '[xpack.actions.oldSwitch] has no effect any more; remove it from kibana.yml.',
    ]);
  });

  it('overrides its new name when the old key is in a later source', () => {
    const { actions, parsed } = read([
      { 'xpack.actions.auth.ears.url': 'http://default' },
      { 'xpack.actions.ears.url': 'http://mine' },
      { 'xpack.actions.auth.ears.enabled': false },
    ]);
    expect(actions.auth.ears).toEqual({ url: 'http://mine', enabled: false });
    expect(parsed.warnings).toHaveLength(1);
  });

  it('is merged with the new object when another source has the new object', () => {
    const { actions } = read([
      { 'xpack.actions.ears': { url: 'http://e' } },
      { 'xpack.actions.auth.ears.enabled': true },
    ]);
    expect(actions.auth.ears).toEqual({ url: 'http://e', enabled: true });
  });
});

/** Writes a tree of settings and joins some of its levels by dots. */
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
