import { allowInsecureRequests, type CustomFetchOptions, customFetch } from 'oauth4webapi';
import { failedFetch } from '../../failures/failed_fetch.ts';
import type { ProtocolIo } from '../../types.ts';

/**
 * Options that make the protocol library send through the injected fetch. Failures of that fetch leave as OAuthError, so that whatever
 * else the library throws is known to be about the configuration.
 */
export function protocolFetch(io: ProtocolIo, endpoint: string) {
  return {
    // Whether plain http is acceptable is decided by the outbound rules behind io.fetch, which know about stand-ins.
    [allowInsecureRequests]: true,
    [customFetch]: async (
      url: string,
      options: CustomFetchOptions<'GET' | 'POST', URLSearchParams | undefined>,
    ): Promise<Response> => {
      if (io.signal?.aborted === true) throw failedFetch(io.signal.reason, endpoint, 'not_sent');
      try {
        return await io.fetch(url, {
          method: options.method,
          headers: options.headers,
          ...(options.body === undefined ? {} : { body: options.body.toString() }),
          ...(io.signal === undefined ? {} : { signal: io.signal }),
        });
      } catch (error) {
        throw failedFetch(error, endpoint, 'sent');
      }
    },
  };
}
