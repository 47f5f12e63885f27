import type { AxiosInstance, CreateAxiosDefaults } from 'axios';

/**
 * Which part of a server's certificate is verified: nothing (`none`), the chain (`certificate`), or
 * the chain and the host name (`full`).
 */
export type VerificationMode = 'none' | 'certificate' | 'full';

/**
 * TLS settings of one host, from `xpack.actions.customHostSettings`. Files are read when the egress
 * is created, which throws for a file that cannot be read.
 */
export interface CustomHostSettings {
  /** Scheme, host and port that the settings apply to. */
  readonly url: string;
  readonly ssl?:
    | {
        readonly verificationMode?: VerificationMode | undefined;
        readonly certificateAuthoritiesFiles?: readonly string[] | undefined;
        /** Certificate authorities of the host, as PEM text. */
        readonly certificateAuthoritiesData?: string | undefined;
      }
    | undefined;
}

/** Proxy of outbound requests. If both host lists are set, `onlyHosts` is ignored. */
export interface ProxySettings {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Hosts that are reached without the proxy. */
  readonly bypassHosts?: readonly string[] | undefined;
  /** Hosts that are reached through the proxy. `undefined`: all hosts. */
  readonly onlyHosts?: readonly string[] | undefined;
  readonly verificationMode?: VerificationMode | undefined;
}

/** Rules and limits of an egress. They do not change while the process runs. */
export interface EgressSettings {
  /**
   * Allowed host names. `*` allows every public host. A name listed literally may also resolve to a
   * private address.
   */
  readonly allowedHosts: readonly string[];
  /** Development only: plain http to hosts that are listed literally, and to emulators. */
  readonly dangerouslyAllowHttp: boolean;
  /**
   * Development only: maps a real origin to the origin of its emulator, for example
   * `https://www.googleapis.com` to `http://localhost:4010`.
   */
  readonly hostOverrides: Readonly<Record<string, string>>;
  readonly customHostSettings: readonly CustomHostSettings[];
  readonly proxy?: ProxySettings | undefined;
  readonly verificationMode: VerificationMode;
  /** Default maximum of a response body in bytes, before and after decompression. */
  readonly maxResponseBytes: number;
  /**
   * Default time limit of a whole call in milliseconds: connecting, headers, body and redirects.
   */
  readonly timeoutMs: number;
  /** `User-Agent` of requests that set none. Default: `Latchkey`. */
  readonly userAgent?: string | undefined;
  /** Replacement of DNS for tests. Every address that it returns is checked like one from DNS. */
  readonly lookup?: (
    hostname: string,
  ) => Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>;
}

/** Codes of an {@link EgressError}. They are public: new ones may be added, but none is renamed. */
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
  /** The response is not HTTP, or its content coding is broken. */
  | 'invalid_response'
  /** Undici or Node rejects the request itself: header, method or body. */
  | 'invalid_request'
  /** The body is a stream that was already read, so it cannot be sent again. */
  | 'body_not_replayable'
  /** A request with credentials would go to an origin that is not in `credentialOrigins`. */
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
export interface ConnectionTls {
  /** PEM text. Replaces the authorities of the system. */
  readonly certificateAuthorities?: string | undefined;
  readonly clientCertificate?: ClientCertificate | undefined;
}

/**
 * Options of a client or an axios instance. Deeply frozen options are parsed only once, which makes
 * creating another client with them cheaper.
 */
export interface ClientOptions {
  /**
   * Origins (`https://api.example.com`) that may receive credentials. A request to any other origin
   * with `Authorization`, cookies or another non-standard header is rejected before it is sent.
   * `undefined`: every allowed origin.
   */
  readonly credentialOrigins?: readonly string[] | undefined;
  /**
   * Names of further headers that contain credentials of this instance. A redirect to another
   * origin drops these headers, and `credentialOrigins` applies to them.
   */
  readonly credentialHeaders?: readonly string[] | undefined;
  readonly tls?: ConnectionTls | undefined;
}

/** One request. Limits that are not set are those of the settings. */
export interface EgressFetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: string | Uint8Array | URLSearchParams | null;
  readonly signal?: AbortSignal | null;
  /**
   * `refuse` (default): a 3xx throws `redirect_refused`, because a token endpoint must not
   * redirect. `follow`: every hop is checked like a new URL.
   */
  readonly redirect?: 'refuse' | 'follow';
  readonly timeoutMs?: number;
  readonly maxResponseBytes?: number;
  /** Client certificate of this call, for example for EARS. */
  readonly clientCertificate?: ClientCertificate | undefined;
  readonly verificationMode?: VerificationMode | undefined;
}

/** Defaults of the requests of an {@link EgressClient}. */
export interface EgressClientDefaults {
  /**
   * Sent with every request, unless the request sets the same header. The headers are read for
   * every request, so the owner of the client may change them. A header with the value `undefined`,
   * `null` or `false` is not sent.
   */
  readonly headers: Readonly<Record<string, unknown>>;
  /**
   * Time limit of a whole call in milliseconds. A request may lower it. Default: that of the
   * settings.
   */
  readonly timeoutMs?: number | undefined;
  /** Maximum bytes of a response body. A request may lower it. Default: that of the settings. */
  readonly maxResponseBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One request, sent by an {@link EgressClient} or by a handler of a connector. */
export interface EgressRequest {
  readonly url: string | URL;
  /** HTTP method in upper case. Default: `GET`. */
  readonly method?: string | undefined;
  /**
   * Headers of this request, which override those of the client. The client that a handler gets
   * sends the headers of the spec.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** Time limit in milliseconds. It cannot exceed the limit of the client. */
  readonly timeoutMs?: number | undefined;
  /** Maximum bytes of the response body. It cannot exceed the limit of the client. */
  readonly maxResponseBytes?: number | undefined;
  /** Maximum redirects to follow. `0`: a 3xx is returned. Default 5. */
  readonly maxRedirects?: number | undefined;
  /**
   * Called before a redirect is followed, with the target and the method of the next request. An
   * error that it throws ends the call. `undefined`: every allowed host may be the target.
   */
  readonly onRedirect?: ((to: URL, method: string) => void) | undefined;
  /**
   * `true`: the headers of the client are not sent, for a URL that contains the credential itself.
   * Default `false`.
   */
  readonly isAnonymous?: boolean | undefined;
}

/** A complete response of any status. */
export interface EgressResponse {
  readonly status: number;
  readonly statusText: string;
  /**
   * Lower-case names. Repeated headers are arrays. `undefined`: the response has no such header.
   */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The body as JSON, or as text if it is not JSON. It is parsed when first read. */
  readonly data: unknown;
  /** URL of the response, after redirects. */
  readonly url: string;
}

/** Sends requests with common headers, without axios. */
export interface EgressClient {
  /**
   * Sends a request and reads the whole response, of any status.
   * @throws EgressError, or the error that `onRedirect` throws
   */
  request(request: EgressRequest): Promise<EgressResponse>;
}

/** Sends all outbound requests of the process, under the rules of its settings. */
export interface Egress {
  /**
   * Checks scheme, host name and literal address of a URL, without DNS.
   * @throws EgressError `invalid_url`, `https_required`, `host_not_allowed`, `address_not_allowed`
   */
  ensureUriAllowed(uri: string): void;
  /**
   * Returns the URL that a browser opens for `uri`: that of the emulator, or `uri` if it has none.
   */
  browserUrl(uri: string): string;
  /**
   * Sends a request and reads the whole response, up to the size limit.
   * @throws EgressError only
   */
  fetch(uri: string | URL, init?: EgressFetchInit): Promise<Response>;
  /** Creates a client for direct requests. A client costs almost nothing and never retries. */
  createClient(defaults: EgressClientDefaults, options?: ClientOptions): EgressClient;
  /**
   * Creates an axios instance that sends through this egress and never retries. An instance and a
   * request of axios cost more CPU time than all the rest of a call, so use it only for code that
   * needs axios.
   */
  createAxiosInstance(defaults?: CreateAxiosDefaults, options?: ClientOptions): AxiosInstance;
  /** Rejects new calls, waits for running calls, then closes all sockets. */
  close(): Promise<void>;
}
