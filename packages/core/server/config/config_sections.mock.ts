import { parseDocument } from 'yaml';
import { z } from 'zod';
import { settingsOf } from './config_entries.ts';
import { ConfigError } from './config_error.ts';
import { type CoreConfig, coreSchemas } from './core_config.ts';
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

/** Config sections of core and two plugins, with the settings of the design document. */
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

/**
 * Parses the sources and returns the sections under short names.
 * @param yaml the text of one YAML source, or one object per source
 */
export function read(
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

/** Returns the message with which a configuration is refused. */
export function problemsOf(
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
