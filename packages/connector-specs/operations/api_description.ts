import type { ProviderEntry, ProviderName } from '@latchkey/oauth-providers';
import type { OAuthScope } from '../contract/types.ts';
import type { BaseUrl } from './base_url.ts';
import type { ListFormat, Naming } from './wire.ts';

/** Facts that all operations of one API share. */
export interface ApiDescription<N extends Naming = Naming> {
  /** Name in error messages: `GitHub API`. */
  readonly name: string;
  /**
   * URL that all paths are below. May contain `{config.name}` and `{grant.name}`: as its start a
   * URL or host, in the host one label, in the path one segment. An object has one by auth type.
   */
  readonly baseUrl: BaseUrl;
  /** Signals of rate limits and missing permissions. `undefined`: 429 and 403 alone. */
  readonly provider?: ProviderName | ProviderEntry;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How names of inputs become names of the API. Default `same`. */
  readonly naming?: N;
  /** Format of request bodies. Default `json`. */
  readonly format?: 'json' | 'form';
  /** How lists are sent in a query or a form. Default `repeat`. */
  readonly lists?: ListFormat;
  /** Header in which the API accepts an idempotency key, so that writes may be repeated. */
  readonly idempotencyHeader?: string;
  /** Scopes of operations that read and of those that change data, unless they state their own. */
  readonly oauthScopes?: {
    readonly read?: readonly OAuthScope[];
    readonly change?: readonly OAuthScope[];
  };
  readonly errors?: ApiErrors;
}

/** Where the error response of an API has its parts. Paths are dotted; `*` is each element. */
export interface ApiErrors {
  /** Paths to the message, the preferred one first. */
  readonly message?: readonly string[];
  /** Paths to an object with a message, or a list of them, by field. Read without a `message`. */
  readonly fieldMessages?: readonly string[];
  /**
   * Paths to a list of single errors: texts, or objects with `message` or `field` and `code`. They
   * follow the message.
   */
  readonly details?: readonly string[];
  /** Paths to the error code, the preferred one first. */
  readonly code?: readonly string[];
  /** Paths to the id of the request, beside the header. */
  readonly requestId?: readonly string[];
  /** Lower-case name of the header with the id of the request. */
  readonly requestIdHeader?: string;
  /** A body that is an error although its status is 2xx: `{ path: 'ok', equals: false }`. */
  readonly failedBody?: { readonly path: string; readonly equals: string | boolean };
  /**
   * Error codes, compared in full, of failures that an administrator must correct, or that are
   * temporary (`nobody`). Other codes: as their status says.
   */
  readonly actors?: {
    readonly administrator?: readonly string[];
    readonly nobody?: readonly string[];
  };
  /** `true`: a body with a list `errors` that is not empty is an error (GraphQL). */
  readonly hasErrorsList?: boolean;
}
