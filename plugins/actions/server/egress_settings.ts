import type { ServerEnvironment } from '@latchkey/core/server';
import type { EgressSettings } from '@latchkey/egress';
import type { ActionsConfig } from './config.ts';

/**
 * Converts the configuration to the settings of the egress.
 * @throws Error that names the setting, when a development-only setting is used in production
 */
export function egressSettingsOf(
  config: ActionsConfig,
  { mode, version }: Pick<ServerEnvironment, 'mode' | 'version'>,
): EgressSettings {
  const { hostOverrides } = config.dev;
  if (mode === 'production' && Object.keys(hostOverrides).length > 0) {
    throw new Error(
      'xpack.actions.dev.hostOverrides redirects requests for real services and is not allowed in production. Remove it.',
    );
  }
  return {
    allowedHosts: config.allowedHosts,
    dangerouslyAllowHttp: mode === 'development',
    hostOverrides,
    customHostSettings: config.customHostSettings.filter(({ url }) => !isMailServer(url)),
    proxy: proxyOf(config),
    verificationMode: config.ssl.verificationMode,
    maxResponseBytes: config.maxResponseContentLength,
    timeoutMs: config.responseTimeout,
    userAgent: `Latchkey/${version}`,
  };
}

/**
 * Returns `true` if an entry of `customHostSettings` is for a mail server. Kibana uses such entries
 * for its e-mail connector, which does not exist here.
 */
export const isMailServer = (url: string): boolean => URL.parse(url)?.protocol === 'smtp:';

/** Returns one warning for each entry of `customHostSettings` that is for a mail server. */
export function mailServerWarningsOf({ customHostSettings }: ActionsConfig): readonly string[] {
  return customHostSettings.flatMap(({ url }, index) =>
    isMailServer(url)
      ? [
          `[xpack.actions.customHostSettings.${index}] is a setting of Kibana that has no effect here: this server has no e-mail connector.`,
        ]
      : [],
  );
}

/**
 * Returns the settings of the proxy. If both host lists are set, the list of exceptions is used, as
 * in Kibana.
 */
function proxyOf(config: ActionsConfig): EgressSettings['proxy'] {
  if (config.proxyUrl === undefined) return undefined;
  return {
    url: config.proxyUrl,
    headers: config.proxyHeaders,
    bypassHosts: config.proxyBypassHosts,
    onlyHosts: config.proxyBypassHosts === undefined ? config.proxyOnlyHosts : undefined,
    verificationMode: config.ssl.proxyVerificationMode,
  };
}
