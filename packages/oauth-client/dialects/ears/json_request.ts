import { failedFetch } from '../../failures/failed_fetch.ts';
import type { EarsClient, ProtocolIo } from '../../types.ts';
import { earsEndpoint } from './endpoints.ts';

/** Posts JSON to one EARS operation. @throws OAuthError for network failures */
export async function sendEarsRequest(
  client: EarsClient,
  request: {
    readonly operation: 'token' | 'refresh' | 'revoke';
    readonly body: Readonly<Record<string, string>>;
  },
  io: ProtocolIo,
): Promise<Response> {
  const endpoint = earsEndpoint(client, request.operation);
  if (io.signal?.aborted === true) throw failedFetch(io.signal.reason, endpoint, 'not_sent');
  try {
    return await io.fetch(endpoint, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify(request.body),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
    });
  } catch (error) {
    throw failedFetch(error, endpoint, 'sent');
  }
}
