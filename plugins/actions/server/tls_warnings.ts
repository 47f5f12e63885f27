import type { ActionsConfig } from './config.ts';
import { isMailServer } from './egress_settings.ts';

/**
 * Returns warnings about settings that disable the verification of certificates (C52), for the log
 * at the start. Each is one sentence with the setting and, if there is one, the host. Contains no
 * path and no user information of a URL.
 */
export function tlsWarningsOf(config: ActionsConfig): readonly string[] {
  const { ssl, customHostSettings, proxyUrl, auth } = config;
  const switches = [
    { setting: 'xpack.actions.ssl.verificationMode', mode: ssl.verificationMode, url: undefined },
    ...customHostSettings.map((host, index) => ({
      setting: `xpack.actions.customHostSettings[${index}].ssl.verificationMode`,
      mode: isMailServer(host.url) ? undefined : host.ssl?.verificationMode,
      url: host.url,
    })),
    {
      setting: 'xpack.actions.ssl.proxyVerificationMode',
      mode: ssl.proxyVerificationMode,
      url: proxyUrl,
    },
    {
      setting: 'xpack.actions.auth.ears.ssl.verificationMode',
      mode: auth.ears?.ssl?.verificationMode,
      url: auth.ears?.url,
    },
  ];
  return switches.flatMap(({ setting, mode, url }) =>
    mode === 'none' ? [warning(setting, url)] : [],
  );
}

function warning(setting: string, url: string | undefined): string {
  const host = url === undefined ? undefined : URL.parse(url)?.host;
  const whom = host === undefined ? '' : ` for [${host}]`;
  return `[${setting}: none] disables the verification of TLS certificates${whom}: an attacker on the network can read tokens and secrets. Add the certificate authority to [xpack.actions.customHostSettings] instead.`;
}
