import { describe, expect, it } from 'vitest';
import { problemsOf, read } from './config_sections.mock.ts';
import { parseSetting } from './load_sources.ts';

describe('the text of a configuration', () => {
  it('is overridden by environment variables whose name is a known key', () => {
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

  it('is refused with the name of the environment variable whose value is wrong', () => {
    expect(problemsOf('', { SERVER_PORT: 'tcp://10.0.0.1:80' })).toContain(
      '[server.port]: expected number, got string (environment variable SERVER_PORT)',
    );
  });

  it('has references to variables replaced once, by the value or the default of the variable', () => {
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

  it('is refused with the name of a variable that is not set and the key that needs it', () => {
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
  ])('contains the value of --set %s converted to the type of the key', (text, pick, expected) => {
    expect(pick(read([parseSetting(text)]))).toEqual(expected);
  });

  it('is refused with a --set without an equals sign', () => {
    expect(() => parseSetting('server.port')).toThrow('key=value');
  });
});
