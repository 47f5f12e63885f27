import { readFileSync } from 'node:fs';
import { EgressError } from '../egress_error.ts';
import type {
  ClientCertificate,
  CustomHostSettings,
  EgressDeps,
  VerificationMode,
} from '../types.ts';

/** The subset of `tls.connect` options this package sets. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity?: () => undefined;
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly pfx?: Buffer;
  readonly passphrase?: string;
}

/** What `customHostSettings` say about one origin. */
export interface HostTls {
  readonly verificationMode: VerificationMode | undefined;
  /** Trusted instead of the system's. `undefined`: the system's. */
  readonly ca: string[] | undefined;
}

/**
 * `rejectUnauthorized` is always spelled out: left open, `NODE_TLS_REJECT_UNAUTHORIZED=0` in the environment would switch
 * verification off for the whole process.
 */
export function tlsOptions(mode: VerificationMode, ca?: string[] | undefined): TlsOptions {
  return {
    rejectUnauthorized: mode !== 'none',
    ...(mode === 'certificate' ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
}

/** A client certificate in the form that `tls.connect` expects. */
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
 * Reads `customHostSettings` once.
 * @throws EgressError `invalid_url` for an entry whose url does not parse; the file system's error for an unreadable file
 */
export function loadHostTls(
  settings: readonly CustomHostSettings[],
  readFile: NonNullable<EgressDeps['readFile']> = (path) => readFileSync(path, 'utf8'),
): ReadonlyMap<string, HostTls> {
  const byOrigin = new Map<string, HostTls>();
  for (const { url, ssl } of settings) {
    const origin = URL.parse(url)?.origin;
    if (origin === undefined || origin === 'null') {
      throw new EgressError('invalid_url', `customHostSettings: [${url}] is no URL`, undefined);
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
