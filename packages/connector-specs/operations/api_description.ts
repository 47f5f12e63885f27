import type { ProviderEntry, ProviderName } from '@latchkey/oauth-providers';
import type { OAuthScope, ScopeRequirement } from '../contract/types.ts';
import type { BaseUrl } from './base_url.ts';
import type { ListFormat, Naming } from './wire.ts';

/** Facts that all operations of one API share. */
export interface ApiDescription<N extends Naming = Naming> {
  /** Name of the API in error messages, for example `GitHub API`. */
  readonly name: string;
  /**
   * URL that all paths are below. May contain `{config.name}` and `{grant.name}`. At the start such
   * a value is a URL or a host, in the host it is one label, in the path one segment. The host must
   * be in `apiOrigins` of the connector. An object has
   * one URL by auth type.
   */
  readonly baseUrl: BaseUrl;
  /**
   * Provider whose definition describes signals of rate limits and missing permissions.
   * `undefined`: only the statuses 429 and 403 are such signals.
   */
  readonly provider?: ProviderName | ProviderEntry;
  /** Headers of every request, by name. May contain `{config.name}` and `{grant.name}`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Rule by which names of inputs become names of the API. Default `same`. */
  readonly naming?: N;
  /** Format of request bodies. Default `json`. */
  readonly format?: 'json' | 'form';
  /** Form in which lists are sent in a query or a form. Default `repeat`. */
  readonly lists?: ListFormat;
  /**
   * Header in which the API accepts an idempotency key. With the key, writes may be repeated.
   * Absent: it accepts none.
   */
  readonly idempotencyHeader?: string;
  /**
   * Scopes of operations that read and of operations that change data, unless an operation states
   * its own.
   */
  readonly oauthScopes?: {
    readonly read?: readonly OAuthScope[];
    readonly change?: readonly OAuthScope[];
    /** Requirement of the scopes of operations that read. Default `true`. */
    readonly isReadRequired?: ScopeRequirement;
  };
  /** `true`: operations that read have the input `raw`. Default `false`. */
  readonly readsHaveRaw?: boolean;
  readonly errors?: ApiErrors;
}

/** Paths to the parts of an API's error response. Paths are dotted; `*` is each element. */
export interface ApiErrors {
  /** Paths to the message. The first one with a value is used. */
  readonly message?: readonly string[];
  /**
   * Paths to an object with a message, or a list of messages, by field. They are used if no
   * `message` is found.
   */
  readonly fieldMessages?: readonly string[];
  /**
   * Paths to a list of single errors, which follow the message. They are texts, or objects with
   * `message` or with `field` and `code`.
   */
  readonly details?: readonly string[];
  /** Paths to the error code. The first one with a value is used. */
  readonly code?: readonly string[];
  /** Paths to the id of the request, for an API that does not send it in a header. */
  readonly requestId?: readonly string[];
  /** Lower-case name of the header with the id of the request. */
  readonly requestIdHeader?: string;
  /** A body that is an error although its status is 2xx: `{ path: 'ok', equals: false }`. */
  readonly failedBody?: { readonly path: string; readonly equals: string | boolean };
  /**
   * Error codes, compared in full, of failures that an administrator must correct, or that are
   * temporary (`nobody`). For other codes the status decides.
   */
  readonly actors?: {
    readonly administrator?: readonly string[];
    readonly nobody?: readonly string[];
  };
  /** `true`: a body with a non-empty list `errors` is an error (GraphQL). */
  readonly hasErrorsList?: boolean;
}
