import { fingerprint } from '@latchkey/dev-providers';
import { stopAtTheEnd } from '@latchkey/test-environment';
import { TestProxy } from '@latchkey/test-proxy';
import { z } from 'zod';

/** Tokens of one response of the token endpoint, as {@link fingerprint}s. */
export interface IssuedTokens {
  readonly refreshToken: string;
  readonly accessToken: string;
}

/** One revocation request and its response. */
interface RecordedRevocation {
  /** {@link fingerprint} of the token. */
  readonly token: string;
  readonly status: number;
}

/**
 * A proxy in front of a strict server. It records the tokens that the server issues and the
 * revocation requests, including those that a simulated fault refuses.
 */
export interface RevocationRecorder {
  /**
   * Endpoints for the secrets of a connector: token URL and revocation URL, both through the
   * recorder.
   */
  readonly endpoints: { readonly tokenUrl: string; readonly revocationUrl: string };
  /**
   * Returns the tokens that the token endpoint issued last.
   * @throws Error when it has issued none
   */
  lastIssued(): IssuedTokens;
  /** Returns all revocation requests, oldest first. */
  revocations(): readonly RecordedRevocation[];
}

const tokenResponse = z.object({ access_token: z.string(), refresh_token: z.string() });

/** Starts the proxy on the loopback address; `stopEverything` stops it. */
export async function startRevocationRecorder(strict: {
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
}): Promise<RevocationRecorder> {
  const proxy = await TestProxy.start({ target: strict.tokenEndpoint });
  stopAtTheEnd(() => proxy.stop());
  const [token, revocation] = [strict.tokenEndpoint, strict.revocationEndpoint].map(
    (url) => new URL(url).pathname,
  );
  if (token === undefined || revocation === undefined)
    throw new TypeError('An endpoint is missing');
  return {
    endpoints: {
      tokenUrl: `${proxy.origin}${token}`,
      revocationUrl: `${proxy.origin}${revocation}`,
    },
    lastIssued: () => {
      const last = proxy.exchanges.findLast(({ path, status }) => path === token && status === 200);
      if (last === undefined) throw new Error('No token was issued');
      const { access_token: access, refresh_token: refresh } = tokenResponse.parse(last.json);
      return { refreshToken: fingerprint(refresh), accessToken: fingerprint(access) };
    },
    revocations: () =>
      proxy.exchanges.flatMap(({ path, form, status }) =>
        path === revocation && status !== undefined
          ? [{ token: fingerprint(form['token'] ?? ''), status }]
          : [],
      ),
  };
}
