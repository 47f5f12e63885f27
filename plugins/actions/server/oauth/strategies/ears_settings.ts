import { readFile } from 'node:fs/promises';
import type { VerificationMode } from '@latchkey/egress';
import { OAuthError } from '@latchkey/oauth-client';

/** The settings `xpack.actions.auth.ears`. */
export interface EarsSettings {
  readonly url?: string | undefined;
  readonly enabled: boolean;
  readonly ssl?:
    | {
        readonly verificationMode?: VerificationMode | undefined;
        /** Path of a PEM file with the client certificate. Only together with `key`. */
        readonly certificate?: string | undefined;
        /** Path of a PEM file with the private key. */
        readonly key?: string | undefined;
      }
    | undefined;
}

/** TLS options of one request to EARS. */
export interface EarsTls {
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
  readonly verificationMode?: VerificationMode;
}

/**
 * Reads the client certificate, for every request: service meshes replace certificates while the
 * server runs, and requests to EARS are rare.
 * @throws OAuthError `invalid_client` (kind `misconfigured`) when a file cannot be read; nothing
 * has been sent then
 */
export async function readEarsTls(ssl: EarsSettings['ssl']): Promise<EarsTls> {
  const mode =
    ssl?.verificationMode === undefined ? {} : { verificationMode: ssl.verificationMode };
  if (ssl?.certificate === undefined || ssl.key === undefined) return mode;
  try {
    const [certificate, key] = await Promise.all([
      readFile(ssl.certificate, 'utf8'),
      readFile(ssl.key, 'utf8'),
    ]);
    return { ...mode, clientCertificate: { certificate, key } };
  } catch (cause) {
    throw new OAuthError(
      'invalid_client',
      'misconfigured',
      'The files of [xpack.actions.auth.ears.ssl.certificate] and [xpack.actions.auth.ears.ssl.key] cannot be read.',
      {},
      { cause },
    );
  }
}
