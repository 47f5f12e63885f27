import type { AxiosInstance, CreateAxiosDefaults } from 'axios';

/** How strictly a TLS certificate is checked: not at all, its chain, or chain and name. */
export type VerificationMode = 'none' | 'certificate' | 'full';

/** TLS of one host, from `xpack.actions.customHostSettings`. Paths are read when the egress is created; unreadable files throw there. */
export interface CustomHostSettings {
  /** Scheme, host and port the settings are for. */
  readonly url: string;
  readonly ssl?:
    | {
        readonly verificationMode?: VerificationMode | undefined;
        readonly certificateAuthoritiesFiles?: readonly string[] | undefined;
        /** PEM text. */
        readonly certificateAuthoritiesData?: string | undefined;
      }
    | undefined;
}

/** The proxy of outbound requests. With both host lists, `bypassHosts` wins. */
export interface ProxySettings {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Hosts reached directly. */
  readonly bypassHosts?: readonly string[] | undefined;
  /** When set, only these hosts go through the proxy. */
  readonly onlyHosts?: readonly string[] | undefined;
  readonly verificationMode?: VerificationMode | undefined;
}

/** What an egress allows and how patient it is, for the life of the process. */
export interface EgressSettings {
  /** Host names that may be reached; `*` is any public host. A name listed literally may also resolve to a private address. */
  readonly allowedHosts: readonly string[];
  /** Development only: plain http towards hosts that are listed literally or are targets of an override. */
  readonly dangerouslyAllowHttp: boolean;
  /** Development only: real origin to stand-in origin, for example `https://www.googleapis.com` to `http://localhost:4010`. */
  readonly hostOverrides: Readonly<Record<string, string>>;
  readonly customHostSettings: readonly CustomHostSettings[];
  readonly proxy?: ProxySettings | undefined;
  readonly verificationMode: VerificationMode;
  /** Default cap of a response body after decompression. */
  readonly maxResponseBytes: number;
  /** Default time for a whole exchange: connect, headers and body. */
  readonly timeoutMs: number;
  /** `User-Agent` of requests that set none. Default: `Latchkey`. */
  readonly userAgent?: string | undefined;
  /** For tests: replaces DNS. Every address returned is checked, and the connection goes to one of them. */
  readonly lookup?: (
    hostname: string,
  ) => Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>;
}

/** Codes are public: added, never renamed. */
export type EgressErrorCode =
  | 'invalid_url'
  | 'host_not_allowed'
  | 'address_not_allowed'
  | 'https_required'
  | 'redirect_refused'
  | 'too_many_redirects'
  | 'response_too_large'
  | 'timeout'
  | 'connection_failed'
  | 'tls_failed'
  | 'dns_failed'
  | 'aborted'
  /** The answer arrived but is not HTTP, or its content coding is broken. */
  | 'invalid_response'
  /** Undici or the platform refuses the request itself: header, method or body. */
  | 'invalid_request'
  /** The body was a stream that has been read already, so it cannot be sent (again). */
  | 'body_not_replayable'
  /** An instance bound to `credentialOrigins` was asked to send its credential elsewhere. */
  | 'credentials_not_allowed';

/** A client certificate of mutual TLS: PEM texts, or a PFX file in base64. */
export type ClientCertificate = { readonly passphrase?: string | undefined } & (
  | { readonly certificate: string; readonly key: string }
  | { readonly pfx: string }
);

/**
 * TLS options of the calls of one connector. They apply to the requested origin, not to the targets
 * of redirects.
 */
export interface InstanceTls {
  /** PEM text; trusted instead of the system's. */
  readonly certificateAuthorities?: string | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
}

/**
 * Options of an axios instance beyond axios' own configuration. Deeply frozen options are cheaper.
 */
export interface AxiosInstanceOptions {
  /**
   * Origins (`https://api.example.com`) that may receive credentials. A request to any other origin that carries `Authorization`,
   * cookies or another non-standard header is refused before it is sent. `undefined`: no such limit.
   */
  readonly credentialOrigins?: readonly string[] | undefined;
  /**
   * Headers that carry this instance's credentials, whatever their names. A redirect to another
   * origin drops them, and they count as credentials for `credentialOrigins`.
   */
  readonly credentialHeaders?: readonly string[] | undefined;
  readonly tls?: InstanceTls | undefined;
}

/** What `createEgress` takes from outside. */
export interface EgressDeps {
  /** Reads a PEM file of `certificateAuthoritiesFiles`. Default: `readFileSync`. */
  readonly readFile?: ((path: string) => string) | undefined;
}

/** One request. Absent limits are those of the settings. */
export interface EgressFetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: string | Uint8Array | URLSearchParams | null;
  readonly signal?: AbortSignal | null;
  /** `refuse` (default): a 3xx throws `redirect_refused`, as token endpoints demand. `follow`: each hop is checked anew. */
  readonly redirect?: 'refuse' | 'follow';
  readonly timeoutMs?: number;
  readonly maxResponseBytes?: number;
  /** Client certificate for this call (EARS). */
  readonly clientCertificate?: ClientCertificate | undefined;
  readonly verificationMode?: VerificationMode | undefined;
}

/** The one door out. */
export interface Egress {
  /** Scheme, host name and literal address. @throws EgressError `invalid_url`, `https_required`, `host_not_allowed`, `address_not_allowed` */
  ensureUriAllowed(uri: string): void;
  /** Where a browser should go for `uri`: the stand-in in development, `uri` itself otherwise. */
  browserUrl(uri: string): string;
  /** A whole exchange with a bounded body. @throws EgressError; never a raw socket error */
  fetch(uri: string | URL, init?: EgressFetchInit): Promise<Response>;
  /** An axios instance whose adapter is this egress. Never retries, never uses a proxy of its own. */
  createAxiosInstance(
    defaults?: CreateAxiosDefaults,
    options?: AxiosInstanceOptions,
  ): AxiosInstance;
  /** Closes idle connections and waits for running ones. */
  close(): Promise<void>;
}
