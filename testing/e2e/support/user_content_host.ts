import { stopAtTheEnd } from '@latchkey/test-environment';
import { TestProxy } from '@latchkey/test-proxy';

/** An honest authorization server whose origin also serves files of its users, as GitLab does. */
export interface UserContentHost {
  /**
   * Origin at which the server listens. Connectors use another name for it, see `hostOverrides`.
   */
  readonly origin: string;
  /** Files of users by path. The server sends them as JSON. */
  readonly files: Map<string, object>;
}

/**
 * Starts the server on the loopback address; `stopEverything` stops it.
 * @param target origin of the authorization server, which receives every request that is not for a
 * file
 */
export async function startUserContentHost(target: string): Promise<UserContentHost> {
  const files = new Map<string, object>();
  const proxy = await TestProxy.start({ target, records: false });
  stopAtTheEnd(() => proxy.stop());
  proxy.treat = ({ path }) => {
    const body = files.get(path);
    return body === undefined ? 'forward' : { status: 200, body };
  };
  return { origin: proxy.origin, files };
}
