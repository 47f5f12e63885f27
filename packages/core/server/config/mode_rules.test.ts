import { describe, expect, it } from 'vitest';
import { read } from './config_sections.mock.ts';
import { modeProblems } from './mode_rules.ts';

const pathsOf = (mode: 'development' | 'production', settings: object) =>
  modeProblems(read([settings]).server, mode).map(({ path }) => path);

describe('the configuration in production mode', () => {
  it.each([
    ['http://latchkey.example.com', ['server.publicBaseUrl']],
    ['http://192.0.2.1:5601', ['server.publicBaseUrl']],
    ['http://localhost.example.com', ['server.publicBaseUrl']],
    ['https://latchkey.example.com', []],
    ['http://localhost:5601', []],
    ['http://127.0.0.1:5601', []],
    ['http://[::1]:5601', []],
  ])('for the public address %s reports these invalid settings: %j', (publicBaseUrl, problems) => {
    expect(pathsOf('production', { server: { publicBaseUrl } })).toEqual(problems);
  });

  it('may use plain http when the operator allows it', () => {
    const publicBaseUrl = 'http://latchkey.example.com';
    const server = { publicBaseUrl, dangerouslyAllowPlainHttp: true };
    expect(pathsOf('production', { server })).toEqual([]);
  });
});

describe('the configuration in development mode', () => {
  it.each([
    ['0.0.0.0', ['server.host']],
    ['::', ['server.host']],
    ['192.0.2.1', ['server.host']],
    ['127.0.0.1.example.com', ['server.host']],
    ['localhost', []],
    ['127.0.0.1', []],
    ['127.1.2.3', []],
    ['::1', []],
  ])('for the host %s reports these invalid settings: %j', (host, problems) => {
    expect(pathsOf('development', { server: { host } })).toEqual(problems);
    expect(pathsOf('production', { server: { host } })).toEqual([]);
  });

  it('may listen for other machines when the operator allows it', () => {
    const server = { host: '0.0.0.0', dangerouslyAllowRemoteDevelopment: true };
    expect(pathsOf('development', { server })).toEqual([]);
  });
});
