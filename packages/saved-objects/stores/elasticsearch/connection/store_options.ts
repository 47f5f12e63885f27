import type { ClientOptions } from '@elastic/elasticsearch';
import type { SavedObjectsLogger } from '../../../service/saved_objects_logger.ts';
import { NodePool } from './node_pool.ts';

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RETRIES = 3;
const DEFAULT_INDEX_PREFIX = 'latchkey_';
/** Elasticsearch refuses index names with anything else; names of types follow the prefix. */
const INDEX_PREFIX = /^[a-z0-9][a-z0-9_-]{0,40}$/;
/** They would replace the credentials or the format of requests. */
const HEADER_NAMES_OF_THE_CLIENT = ['authorization', 'content-type', 'accept'];

/**
 * How to reach the cluster. The names are those of the `elasticsearch.*` settings; an absent one has the default named here.
 * At most one of `username` with `password`, `apiKey` and `serviceAccountToken`.
 */
export interface ElasticsearchStoreOptions {
  /** Origins of the nodes, without credentials in them. Requests go to all in turn, and to the others when one does not answer. */
  readonly hosts: readonly string[];
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** As Elasticsearch hands it out, base64 of `id:key`. */
  readonly apiKey?: string | undefined;
  readonly serviceAccountToken?: string | undefined;
  /** For one attempt of one request. Default 30,000. */
  readonly requestTimeoutMs?: number | undefined;
  /** For `ping`, and for finding out whether a node that did not answer is back. Default: as `requestTimeoutMs`. */
  readonly pingTimeoutMs?: number | undefined;
  /** Attempts after the first that failed in a way that passes. Default 3. */
  readonly maxRetries?: number | undefined;
  /** Sends requests compressed. Default `false`. */
  readonly compression?: boolean | undefined;
  /** Sent with every request, for proxies in front of the cluster. */
  readonly customHeaders?: Readonly<Record<string, string>> | undefined;
  readonly ssl?:
    | {
        /** PEM texts. Default: the authorities Node trusts. */
        readonly certificateAuthorities?: readonly string[] | undefined;
        /** `certificate`: any host name in the certificate will do. `none`: anybody could be the other end. Default `full`. */
        readonly verificationMode?: 'full' | 'certificate' | 'none' | undefined;
      }
    | undefined;
  /** Names of indices and aliases begin with it; two installations in one cluster need two. Default `latchkey_`. */
  readonly indexPrefix?: string | undefined;
  readonly logger?: SavedObjectsLogger | undefined;
  /** Wall clock, milliseconds since the epoch. Default: the machine's. */
  readonly now?: (() => number) | undefined;
}

/** The options with every default filled in. */
export interface ResolvedOptions {
  readonly client: ClientOptions;
  readonly hosts: readonly string[];
  readonly requestTimeoutMs: number;
  readonly pingTimeoutMs: number;
  readonly maxRetries: number;
  readonly indexPrefix: string;
}

/**
 * Checks the options and turns them into those of the client.
 * @throws TypeError naming the setting that cannot be used; values are never part of the message
 */
export function resolveOptions(options: ElasticsearchStoreOptions): ResolvedOptions {
  const { hosts, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
  const { indexPrefix = DEFAULT_INDEX_PREFIX, maxRetries = DEFAULT_MAX_RETRIES } = options;
  const { pingTimeoutMs = requestTimeoutMs } = options;
  checkHosts(hosts);
  if (!INDEX_PREFIX.test(indexPrefix)) {
    throw new TypeError(
      'The index prefix takes up to 41 lower-case letters, digits, "_" and "-", beginning with a letter or digit.',
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
      // Only we know which requests may be repeated.
      maxRetries: 0,
      requestTimeout: requestTimeoutMs,
      compression: options.compression ?? false,
      headers: checkHeaders(options.customHeaders ?? {}),
      // Errors of the client carry the request, and requests carry documents and credentials.
      redaction: { type: 'remove' },
      name: 'latchkey',
      ...(auth === undefined ? {} : { auth }),
      ...(tls === undefined ? {} : { tls }),
    },
  };
}

function checkHosts(hosts: readonly string[]): void {
  if (hosts.length === 0) throw new TypeError('elasticsearch.hosts names no host.');
  for (const host of hosts) {
    const url = URL.parse(host);
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      throw new TypeError('elasticsearch.hosts holds something that is not an http or https URL.');
    }
    if (url.username !== '' || url.password !== '') {
      throw new TypeError(
        'elasticsearch.hosts holds credentials: use elasticsearch.username and elasticsearch.password.',
      );
    }
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const name of Object.keys(headers)) {
    if (HEADER_NAMES_OF_THE_CLIENT.includes(name.toLowerCase())) {
      throw new TypeError(`elasticsearch.customHeaders may not set [${name}].`);
    }
  }
  return { ...headers };
}

function authOf(options: ElasticsearchStoreOptions): ClientOptions['auth'] {
  const { username, password, apiKey, serviceAccountToken } = options;
  const ways = [username ?? password, apiKey, serviceAccountToken];
  if (ways.filter((way) => way !== undefined).length > 1) {
    throw new TypeError(
      'Use one of elasticsearch.username with password, elasticsearch.apiKey and elasticsearch.serviceAccountToken.',
    );
  }
  if (apiKey !== undefined) return { apiKey };
  if (serviceAccountToken !== undefined) return { bearer: serviceAccountToken };
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    throw new TypeError('elasticsearch.username and elasticsearch.password go together.');
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
