import type { ServerEnvironment } from '@latchkey/core/server';
import type { EgressSettings } from '@latchkey/egress';
import type { ActionsConfig } from './config.ts';

/**
 * What may leave this server, from the configuration.
 * @throws Error naming the setting when a development-only one is used in production
 */
export function egressSettingsOf(
  config: ActionsConfig,
  { mode, version }: Pick<ServerEnvironment, 'mode' | 'version'>,
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
    customHostSettings: config.customHostSettings.filter(({ url }) => !isMailServer(url)),
    proxy: proxyOf(config),
    verificationMode: config.ssl.verificationMode,
    maxResponseBytes: config.maxResponseContentLength,
    timeoutMs: config.responseTimeout,
    userAgent: `Latchkey/${version}`,
  };
}

/**
 * Tells if an entry of `customHostSettings` is for a mail server. Kibana has these for its e-mail
 * connector, which does not exist here.
 */
export const isMailServer = (url: string): boolean => URL.parse(url)?.protocol === 'smtp:';

/** One sentence for each entry of `customHostSettings` that is for a mail server. */
export function mailServerWarningsOf({ customHostSettings }: ActionsConfig): readonly string[] {
  return customHostSettings.flatMap(({ url }, index) =>
    isMailServer(url)
      ? [
          `[xpack.actions.customHostSettings.${index}] is a setting of Kibana that has no effect here: there is no connector that sends mail.`,
        ]
      : [],
  );
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
