import type { ServerEnvironment } from '@latchkey/core/server';
import type { EgressSettings } from '@latchkey/egress';
import type { ActionsConfig } from './config.ts';

/**
 * What may leave this server, from the configuration.
 * @throws Error naming the setting when a development-only one is used in production
 */
export function egressSettingsOf(
  config: ActionsConfig,
  mode: ServerEnvironment['mode'],
): EgressSettings {
  const { hostOverrides } = config.dev;
  if (mode === 'production' && Object.keys(hostOverrides).length > 0) {
    throw new Error(
      'xpack.actions.dev.hostOverrides sends requests for real services elsewhere and is refused in production. Remove it.',
    );
  }
  return {
    allowedHosts: config.allowedHosts,
    dangerouslyAllowHttp: mode === 'development',
    hostOverrides,
    customHostSettings: config.customHostSettings,
    proxy: proxyOf(config),
    verificationMode: config.ssl.verificationMode,
    maxResponseBytes: config.maxResponseContentLength,
    timeoutMs: config.responseTimeout,
  };
}

/** With both host lists given, the list of exceptions wins, as in Kibana. */
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
