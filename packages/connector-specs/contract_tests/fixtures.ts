import type { ReceivedRequest, ServiceResponse } from './local_service.ts';

/** An action whose result tells whose token the call had, for tests with two users. */
export interface AccountCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Path of the request at the API. */
  readonly path: string;
  /** Body of the response of the vendor for this account. */
  readonly body: (account: string) => object;
  /** Origins of the API. Default: those of the spec without placeholders. */
  readonly origins?: readonly string[];
}

/** A failure as the vendor documents it, and what a user gets to know. */
export interface DocumentedError extends Omit<ServiceResponse, 'status'> {
  readonly status: number;
  readonly expected: {
    readonly reason?: string;
    readonly vendorMessage?: string;
    readonly requestId?: string;
  };
}

/** Data of a connector for the contract tests, beyond its spec. Every part has a default. */
export interface ContractFixtures {
  /** Config of the connector. Default: the smallest config that the schema accepts. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Facts of the grant of the user. Default: none. */
  readonly grant?: Readonly<Record<string, string>>;
  /** Responds for the service. Default: `200 {}`. */
  readonly response?: (request: ReceivedRequest) => ServiceResponse;
  /**
   * Failures as the documentation of the vendor shows them. Each connector with an API of its own
   * has at least one.
   */
  readonly documentedErrors?: readonly DocumentedError[];
  /** Inputs per action instead of generated ones, if fields depend on each other. */
  readonly inputs?: Readonly<Record<string, readonly unknown[]>>;
  /**
   * The action that tells the account. Required of a type whose users authorize at a provider of
   * `oauth-providers`.
   */
  readonly accountCall?: AccountCall;
  /**
   * Names of actions that need no scope, for a type with other actions that need one. Default:
   * none.
   */
  readonly withoutScopes?: readonly string[];
  /** Reasons, by scope, for which an auth type requests a scope by default that no action needs. */
  readonly otherScopes?: Readonly<Record<string, string>>;
  /**
   * Names of actions that read by POST. Not needed for GraphQL, whose documents say if they read.
   */
  readonly queries?: readonly string[];
  /**
   * Reasons, by name of an action that writes by POST or PATCH, for which a second request has no
   * further effect.
   */
  readonly repeatable?: Readonly<Record<string, string>>;
  /**
   * Input that names a user, by the name of actions that need it with the credentials of the
   * application itself, which is not a user.
   */
  readonly userInputs?: Readonly<Record<string, string>>;
  /** Why a required text or list of an action may be empty, by the path in the input schemas. */
  readonly mayBeEmpty?: Readonly<Record<string, string>>;
  /** Why an action is not a tool of a language model, by its name. All others are tools. */
  readonly notTools?: Readonly<Record<string, string>>;
  /**
   * Reasons, by name of the action, for which its requests by PUT, DELETE or GET are not repeated.
   */
  readonly notRepeatable?: Readonly<Record<string, string>>;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Fixtures of a type whose action `request` has the shared input of requests. `path` and `url`
 * exclude each other, which JSON Schema does not express.
 */
export const requestFixtures: ContractFixtures = {
  notTools: { request: 'The caller chooses what is called, with any method.' },
  config: { url: 'https://service.test/base' },
  inputs: {
    request: [
      {},
      { path: `/${'a'.repeat(4_000)}`, query: { q: ['a', 1, true] }, headers: { 'X-A': 'b' } },
      { url: 'https://service.test/base/items?page=2' },
      { method: 'POST', body: { a: [1] } },
      { method: 'POST', body: [1, 2] },
      { method: 'PUT', body: 'x'.repeat(100_000), fetcher: { follow_redirects: false } },
      ...METHODS.map((method) => ({ method, path: 'items/1' })),
    ],
  },
};
