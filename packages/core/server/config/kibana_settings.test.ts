import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemsOf, read } from './config_sections.mock.ts';
import { pathsOf, shapeOf } from './config_shape.ts';
import { coreSchemas } from './core_config.ts';
import { isKibanaSetting, kibanaSettings } from './kibana_settings.ts';
import { parseConfig } from './parse_config.ts';

const warningsOf = (yaml: string) => read(yaml).parsed.warnings;

describe('a setting of Kibana without a counterpart', () => {
  it.each([
    'xpack.actions.run.maxAttempts: 3',
    'xpack.actions.run.connectorTypeOverrides: [{id: .server-log, maxAttempts: 5}]',
    'xpack.actions.queued.max: 100',
    'xpack.actions.email.domain_allowlist: [example.com]',
    'xpack.actions.email.recipient_allowlist: ["*@example.com"]',
    'xpack.actions.email.services.ses.host: a',
    'xpack.actions.email.services.ses.port: 465',
    'xpack.actions.email.services.enabled: ["*"]',
    'xpack.actions.email.maximum_body_length: 1000',
    'xpack.actions.enableFooterInEmail: false',
    'xpack.actions.microsoftExchangeUrl: https://login.example.com',
    'xpack.actions.microsoftGraphApiUrl: https://graph.example.com',
    'xpack.actions.microsoftGraphApiScope: a',
    'xpack.actions.preconfiguredAlertHistoryEsIndex: false',
    'xpack.actions.rateLimiter.email.limit: 5',
    'xpack.actions.usage.url: https://usage.example.com',
    'xpack.actions.webhook.ssl.pfx.enabled: true',
    'xpack.task_manager.capacity: 10',
    'xpack.security.encryptionKey: canary-of-a-key-0123456789-0123456789',
    'xpack.security.authc.providers: {saml.saml1: {order: 0, realm: saml1}}',
    'server.cors.enabled: true',
    'server.xsrf.disableProtection: true',
    'server.restrictInternalApis: false',
    'server.uuid: 5b2de169-2785-441b-ae8c-186a1936b17d',
    'telemetry.enabled: false',
    'i18n.locale: fr-FR',
    'xpack.reporting.enabled: true',
    'xpack.alerting.rules.run.timeout: 5m',
  ])('is accepted, with a warning that does not contain the value: %s', (yaml) => {
    const warnings = warningsOf(yaml);
    expect(warnings.length).toBeGreaterThan(0);
    for (const warning of warnings) {
      expect(warning).toMatch(/is a setting of Kibana that has no effect here \(kibana\.yml\)\.$/);
      expect(warning).not.toContain('canary');
    }
  });

  it('is accepted in every notation, with one warning for each key', () => {
    const nested = 'telemetry:\n  enabled: false\n  optIn: false\nserver: {cors: {enabled: true}}';
    expect(warningsOf(nested).map((text) => /\[(.*?)\]/.exec(text)?.[1])).toEqual([
      'telemetry.enabled',
      'telemetry.optIn',
      'server.cors.enabled',
    ]);
  });

  it('is accepted in a list of objects, whose other keys are kept', () => {
    const host = z.strictObject({ url: z.string() });
    const actions = z.strictObject({ customHostSettings: z.array(host).default([]) });
    const url = 'https://a.example:443';
    const parsed = parseConfig({
      sections: [{ path: ['xpack', 'actions'], schema: actions }],
      sources: [
        {
          name: 'kibana.yml',
          settings: { 'xpack.actions.customHostSettings': [{ url, smtp: { ignoreTLS: true } }] },
        },
      ],
      environment: {},
    });
    expect(parsed.get(['xpack', 'actions'])).toEqual({ customHostSettings: [{ url }] });
    expect(parsed.warnings).toEqual([
      '[xpack.actions.customHostSettings.0.smtp.ignoreTLS] is a setting of Kibana that has no effect here (kibana.yml).',
    ]);
  });

  it('is refused with a suggestion when it is misspelt', () => {
    expect(problemsOf('xpack.actions.run.maxAttemts: 3')).toContain(
      '[xpack.actions.run.maxAttemts]: unknown key in kibana.yml; did you mean [xpack.actions.run.maxAttempts]?',
    );
    expect(problemsOf('xpack.actions.email: {domain_allowlist: [], domian: 1}')).toContain(
      '[xpack.actions.email.domian]: unknown key',
    );
  });

  it('is refused when ignoring it would weaken the server', () => {
    expect(problemsOf('server.ssl.truststore.path: a.p12')).toContain('unknown key');
    for (const mode of ['optional', 'required']) {
      expect(problemsOf(`server.ssl.clientAuthentication: ${mode}`)).toContain(
        '[server.ssl.clientAuthentication]: must be none: the server does not check client certificates',
      );
    }
  });

  it('is accepted without a warning when it matches the behavior of this server', () => {
    expect(warningsOf('server.ssl.clientAuthentication: none')).toEqual([]);
  });
});

describe('the list of Kibana settings without effect', () => {
  it('contains each setting once', () => {
    expect(new Set(kibanaSettings).size).toBe(kibanaSettings.length);
  });

  it('contains no setting of core or of a plugin', async () => {
    const used = [...Object.entries(coreSchemas), ...(await pluginSchemas())].flatMap(
      ([prefix, schema]) => [...pathsOf(shapeOf(schema), prefix)].map(([path]) => path),
    );
    expect(used).toEqual(
      expect.arrayContaining([
        'server.port',
        'logging.root.level',
        'xpack.security.session.concurrentSessions.maxSessions',
        'xpack.actions.allowedHosts',
      ]),
    );
    expect(used.filter(isKibanaSetting)).toEqual([]);
  });
});

/**
 * Returns the path of the settings and the schema of each plugin. The schemas are found by file
 * name, because packages must not import plugins.
 */
async function pluginSchemas(): Promise<readonly (readonly [string, z.ZodType])[]> {
  const root = join(import.meta.dirname, '../../../..');
  const folders = globSync('plugins/*', { cwd: root }).filter((folder) =>
    existsSync(join(root, folder, 'server', 'config.ts')),
  );
  return Promise.all(
    folders.map(async (folder) => {
      const manifest = readFileSync(join(root, folder, 'kibana.jsonc'), 'utf8');
      const [, path = ''] = /"configPath": \[(.*?)\]/.exec(manifest) ?? [];
      const { config } = await import(join(root, folder, 'server', 'config.ts'));
      return [path.replaceAll(/[" ]/g, '').replaceAll(',', '.'), config.schema] as const;
    }),
  );
}
