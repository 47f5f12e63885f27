import type { EarsClient } from '../../types.ts';

/** Address of one EARS operation, version 1 of its protocol. */
export function earsEndpoint(
  client: EarsClient,
  operation: 'authorize' | 'token' | 'refresh' | 'revoke',
): string {
  return `${client.baseUrl.replace(/\/$/, '')}/v1/${client.provider}/oauth/${operation}`;
}
