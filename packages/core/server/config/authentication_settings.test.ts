import { describe, expect, it } from 'vitest';
import { authenticationProblems } from './authentication_settings.ts';
import { read } from './config_sections.mock.ts';

const pathsOf = (yaml: string, environment: Readonly<Record<string, string>> = {}) =>
  authenticationProblems(read(yaml, environment).parsed.ignored).map(({ path }) =>
    path?.replace('xpack.security.authc.', ''),
  );

describe('Kibana’s authentication settings in production', () => {
  it.each([
    ['providers: {saml: {saml1: {order: 0}}}', ['providers.saml.saml1.order']],
    ['providers.oidc.oidc1.enabled: true', ['providers.oidc.oidc1.enabled']],
    ['providers: {basic: {basic1: {enabled: false}}}', ['providers.basic.basic1.enabled']],
    ['providers: [saml]', ['providers']],
    [
      'providers.basic.basic1.session.idleTimeout: 5m',
      ['providers.basic.basic1.session.idleTimeout'],
    ],
    ['http.enabled: false', ['http.enabled']],
    ['http.autoSchemesEnabled: false', ['http.autoSchemesEnabled']],
    ['http.schemes: [bearer]', ['http.schemes']],
    ['http.schemes: []', ['http.schemes']],
    ['madeUp: 1', ['madeUp']],
  ])('are refused when they may restrict who can sign in: authc.%s', (setting, paths) => {
    expect(pathsOf(`xpack.security.authc.${setting}`)).toEqual(paths);
  });

  it.each([
    'providers: {basic: {basic1: {order: 0, enabled: true, description: Log in, icon: a, hint: b}}}',
    'providers: {saml: {saml1: {order: 1, realm: saml1, enabled: false}}}',
    'selector.enabled: true',
    'http.enabled: true',
    'http.autoSchemesEnabled: true',
    'http.schemes: [ApiKey, bearer]',
  ])('are accepted when they match how this server works: authc.%s', (setting) => {
    expect(pathsOf(`xpack.security.authc.${setting}`)).toEqual([]);
  });

  it('are refused as a plain value where the section is expected', () => {
    expect(pathsOf('xpack.security.authc: none')).toEqual(['xpack.security.authc']);
  });

  it('are also checked when they come from environment variables', () => {
    const yaml = `xpack.security.authc.http.enabled: "\${HTTP_AUTH}"`;
    expect(pathsOf(yaml, { HTTP_AUTH: 'true' })).toEqual([]);
    expect(pathsOf(yaml, { HTTP_AUTH: 'false' })).toEqual(['http.enabled']);
  });

  it('are refused with the source of the setting, without its value', () => {
    const yaml = 'xpack.security.authc.providers.saml.canary-name.realm: canary-value';
    const [problem] = authenticationProblems(read(yaml).parsed.ignored);
    expect(problem?.message).toContain('kibana.yml');
    expect(problem?.message).not.toContain('canary-value');
  });
});
