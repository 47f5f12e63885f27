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
 * A proxy in front of a strict server. Records the tokens that it issues and the revocation
 * requests, also those that are refused by a fault.
 */
export interface RevocationRecorder {
  /**
   * URLs for the secrets of a connector: token endpoint and revocation endpoint, through the
   * recorder.
   */
  readonly endpoints: { readonly tokenUrl: string; readonly revocationUrl: string };
  /**
   * Tokens that the token endpoint issued last.
   * @throws Error when it issued none
   */
  lastIssued(): IssuedTokens;
  /** Oldest first. */
  revocations(): readonly RecordedRevocation[];
}

const tokenResponse = z.object({ access_token: z.string(), refresh_token: z.string() });

/** Listens on the loopback address until `stopEverything`. */
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
