import { isLoopbackHost } from '../http/index.ts';
import type { ConfigProblem } from './config_error.ts';
import type { ServerConfig } from './core_config.ts';
import { trustProxyProblem } from './trust_proxy.ts';

/**
 * Returns violations of the rules of a mode that the schema does not contain. Production must not
 * send passwords and codes unencrypted. A development server has well-known passwords, so other
 * machines must not reach it.
 */
export function modeProblems(
  server: ServerConfig,
  mode: 'development' | 'production',
): readonly ConfigProblem[] {
  return mode === 'production' ? productionProblems(server) : developmentProblems(server);
}

function productionProblems(server: ServerConfig): readonly ConfigProblem[] {
  const trustProxy = trustProxyProblem(server.trustProxy);
  const problems: ConfigProblem[] = [];
  if (trustProxy !== undefined) problems.push({ path: 'server.trustProxy', message: trustProxy });
  if (!server.dangerouslyAllowPlainHttp && isPlainHttp(server.publicBaseUrl)) {
    problems.push({
      path: 'server.publicBaseUrl',
      message:
        'must begin with https:// in production: over http, others can read passwords, sessions and authorization codes. To accept that, set [server.dangerouslyAllowPlainHttp]',
    });
  }
  return problems;
}

function isPlainHttp(publicBaseUrl: string | undefined): boolean {
  const url = publicBaseUrl === undefined ? null : URL.parse(publicBaseUrl);
  if (url?.protocol !== 'http:') return false;
  return !isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ''));
}

function developmentProblems({
  host,
  dangerouslyAllowRemoteDevelopment,
}: ServerConfig): readonly ConfigProblem[] {
  if (dangerouslyAllowRemoteDevelopment || isLoopbackHost(host)) return [];
  return [
    {
      path: 'server.host',
      message:
        'must be localhost or a loopback address in development, where accounts have well-known passwords. To accept that, set [server.dangerouslyAllowRemoteDevelopment], or start in production mode',
    },
  ];
}
