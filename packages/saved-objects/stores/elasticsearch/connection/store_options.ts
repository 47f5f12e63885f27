import type { ClientOptions } from '@elastic/elasticsearch';
import type { SavedObjectsLogger } from '../../../types/saved_objects_logger.ts';
import { NodePool } from './node_pool.ts';

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RETRIES = 3;
const DEFAULT_INDEX_PREFIX = 'latchkey_';
/**
 * Characters of an index prefix, which Elasticsearch accepts in index names. The name of the type
 * follows the prefix.
 */
const INDEX_PREFIX = /^[a-z0-9][a-z0-9_-]{0,40}$/;
/**
 * Names that custom headers must not have: they would replace the credentials or the format of
 * requests.
 */
const RESERVED_HEADER_NAMES = ['authorization', 'content-type', 'accept'];

/**
 * Options of the Elasticsearch store. They have the names of the `elasticsearch.*` settings. Use at
 * most one of `username` with `password`, `apiKey` and `serviceAccountToken`.
 */
export interface ElasticsearchStoreOptions {
  /** Origins of the nodes, without credentials. Requests go to all reachable nodes in turn. */
  readonly hosts: readonly string[];
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The encoded API key of Elasticsearch: base64 of `id:key`. */
  readonly apiKey?: string | undefined;
  readonly serviceAccountToken?: string | undefined;
  /** Timeout of one attempt of a request, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * Timeout of `ping`, and of pings of unreachable nodes, in milliseconds. Default:
   * `requestTimeoutMs`.
   */
  readonly pingTimeoutMs?: number | undefined;
  /** Maximum retries after temporary failures. Default 3. */
  readonly maxRetries?: number | undefined;
  /** `true`: requests are compressed. Default `false`. */
  readonly compression?: boolean | undefined;
  /** Headers of every request, for proxies in front of the cluster. */
  readonly customHeaders?: Readonly<Record<string, string>> | undefined;
  readonly ssl?:
    | {
        /** PEM texts. Default: the authorities that Node trusts. */
        readonly certificateAuthorities?: readonly string[] | undefined;
        /**
         * `full` (default): verifies the certificate and its host name. `certificate`: does not
         * verify the host name. `none`: verifies nothing, so another server can impersonate the
         * cluster.
         */
        readonly verificationMode?: 'full' | 'certificate' | 'none' | undefined;
      }
    | undefined;
  /**
   * The beginning of the names of indices and aliases. Installations that share a cluster need
   * different prefixes. Default `latchkey_`.
   */
  readonly indexPrefix?: string | undefined;
  readonly logger?: SavedObjectsLogger | undefined;
  /** Wall clock, milliseconds since the epoch. Default: the clock of the machine. */
  readonly now?: (() => number) | undefined;
}

/** Validated options with defaults. */
export interface ResolvedOptions {
  readonly client: ClientOptions;
  readonly hosts: readonly string[];
  readonly requestTimeoutMs: number;
  readonly pingTimeoutMs: number;
  readonly maxRetries: number;
  readonly indexPrefix: string;
}

/**
 * Validates the options and converts them to options of the client library.
 * @throws TypeError that names the invalid setting, never its value
 */
export function resolveOptions(options: ElasticsearchStoreOptions): ResolvedOptions {
  const { hosts, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
  const { indexPrefix = DEFAULT_INDEX_PREFIX, maxRetries = DEFAULT_MAX_RETRIES } = options;
  const { pingTimeoutMs = requestTimeoutMs } = options;
  checkHosts(hosts);
  if (!INDEX_PREFIX.test(indexPrefix)) {
    throw new TypeError(
      'The index prefix must have up to 41 lower-case letters, digits, "_" and "-", and begin with a letter or digit.',
    );
  }
  const auth = authOf(options);
  const tls = tlsOf(options.ssl);
  return {
    hosts,
    requestTimeoutMs,
    pingTimeoutMs,
    maxRetries,
    indexPrefix,
    client: {
      nodes: [...hosts],
      ConnectionPool: NodePool,
      pingTimeout: pingTimeoutMs,
      // `ClusterClient` repeats requests, because it knows which of them are safe to repeat.
      maxRetries: 0,
      requestTimeout: requestTimeoutMs,
      compression: options.compression ?? false,
      headers: checkHeaders(options.customHeaders ?? {}),
      // Errors of the client contain the request, which contains documents and credentials.
      redaction: { type: 'remove' },
      name: 'latchkey',
      ...(auth === undefined ? {} : { auth }),
      ...(tls === undefined ? {} : { tls }),
    },
  };
}

function checkHosts(hosts: readonly string[]): void {
  if (hosts.length === 0) throw new TypeError('elasticsearch.hosts contains no host.');
  for (const host of hosts) {
    const url = URL.parse(host);
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      throw new TypeError('elasticsearch.hosts contains a value that is not an http or https URL.');
    }
    if (url.username !== '' || url.password !== '') {
      throw new TypeError(
        'elasticsearch.hosts contains credentials: use elasticsearch.username and elasticsearch.password.',
      );
    }
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const name of Object.keys(headers)) {
    if (RESERVED_HEADER_NAMES.includes(name.toLowerCase())) {
      throw new TypeError(`elasticsearch.customHeaders may not set [${name}].`);
    }
  }
  return { ...headers };
}

function authOf(options: ElasticsearchStoreOptions): ClientOptions['auth'] {
  const { username, password, apiKey, serviceAccountToken } = options;
  const credentials = [username ?? password, apiKey, serviceAccountToken];
  if (credentials.filter((each) => each !== undefined).length > 1) {
    throw new TypeError(
      'Use one of elasticsearch.username with password, elasticsearch.apiKey and elasticsearch.serviceAccountToken.',
    );
  }
  if (apiKey !== undefined) return { apiKey };
  if (serviceAccountToken !== undefined) return { bearer: serviceAccountToken };
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    throw new TypeError('Set elasticsearch.username and elasticsearch.password together.');
  }
  return { username, password };
}

function tlsOf(ssl: ElasticsearchStoreOptions['ssl']): ClientOptions['tls'] {
  if (ssl === undefined) return undefined;
  const { certificateAuthorities, verificationMode = 'full' } = ssl;
  return {
    ...(certificateAuthorities === undefined ? {} : { ca: [...certificateAuthorities] }),
    rejectUnauthorized: verificationMode !== 'none',
    ...(verificationMode === 'certificate' ? { checkServerIdentity: () => undefined } : {}),
  };
}
