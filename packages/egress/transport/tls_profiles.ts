import { readFileSync } from 'node:fs';
import { EgressError } from '../egress_error.ts';
import type { ClientCertificate, CustomHostSettings, VerificationMode } from '../types.ts';

/** Options of `tls.connect` that this package sets. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity?: () => undefined;
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly pfx?: Buffer;
  readonly passphrase?: string;
}

/** TLS settings of one origin, from `customHostSettings`. */
export interface HostTls {
  /** `undefined`: the verification mode of all hosts applies. */
  readonly verificationMode: VerificationMode | undefined;
  /**
   * Certificate authorities as PEM text, which replace those of the system. `undefined`: those of
   * the system are trusted.
   */
  readonly ca: string[] | undefined;
}

/**
 * Returns the TLS options of a verification mode. `rejectUnauthorized` is always set: otherwise
 * `NODE_TLS_REJECT_UNAUTHORIZED=0` in the environment would disable verification.
 */
export function tlsOptions(mode: VerificationMode, ca?: string[] | undefined): TlsOptions {
  return {
    rejectUnauthorized: mode !== 'none',
    ...(mode === 'certificate' ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
}

/** Returns a client certificate as options of `tls.connect`. */
export function clientCertificateOptions(
  given: ClientCertificate | undefined,
): Pick<TlsOptions, 'cert' | 'key' | 'pfx' | 'passphrase'> {
  if (given === undefined) return {};
  const { passphrase } = given;
  return {
    ...('pfx' in given
      ? { pfx: Buffer.from(given.pfx, 'base64') }
      : { cert: given.certificate, key: given.key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

/**
 * Reads the files of `customHostSettings`.
 * @throws EgressError `invalid_url` for an entry with an invalid URL; the file system error for a
 * file that cannot be read
 */
export function loadHostTls(
  settings: readonly CustomHostSettings[],
  readFile = (path: string): string => readFileSync(path, 'utf8'),
): ReadonlyMap<string, HostTls> {
  const byOrigin = new Map<string, HostTls>();
  for (const { url, ssl } of settings) {
    const origin = URL.parse(url)?.origin;
    if (origin === undefined || origin === 'null') {
      throw new EgressError('invalid_url', `customHostSettings: [${url}] is not a URL`, undefined);
    }
    if (ssl === undefined) continue;
    const files = ssl.certificateAuthoritiesFiles ?? [];
    const data = ssl.certificateAuthoritiesData;
    const ca = [...files.map(readFile), ...(data === undefined ? [] : [data])];
    byOrigin.set(origin, {
      verificationMode: ssl.verificationMode,
      ca: ca.length === 0 ? undefined : ca,
    });
  }
  return byOrigin;
}
