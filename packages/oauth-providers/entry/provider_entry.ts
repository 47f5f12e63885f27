import { z } from 'zod';
import { api } from './api_rules.ts';
import {
  credentialHeader,
  hostPattern,
  MAX_DAYS,
  path,
  seconds,
  text,
  url,
} from './entry_fields.ts';

/** A value that an administrator enters, and that URLs of the entry contain. */
const configField = z.strictObject({
  label: text,
  /** Explains the value in forms. */
  help: text.optional(),
  /**
   * Values that are permitted. `label`: one label of a host name. `segment`: one segment of a path.
   * `host`: a host name. `tenant`: a path segment that is the id or a domain of a Microsoft tenant,
   * `common` or `organizations`. No kind permits a character that could end the host or the path
   * segment.
   */
  kind: z.enum(['label', 'segment', 'host', 'tenant']),
  /** Hosts that a value of the kind `host` may name. Absent: any host. */
  hosts: z.array(hostPattern).min(1).optional(),
  default: text.optional(),
  /** Values with which users can authorize, but the application itself cannot. Absent: none. */
  usersOnly: z.array(text).min(1).optional(),
});

/** Scopes in the authorization URL. */
export const scope = z.strictObject({
  /** `false`: the provider has no scopes. The administrator chooses permissions for the app. */
  isSupported: z.boolean().default(true),
  parameter: z.string().default('scope'),
  /** Text between scopes, in requests and in responses. */
  separator: z.enum([' ', ',', '+', '|', ';']).default(' '),
  /**
   * Suffix of a scope that stands for all permissions that the administrator gave the app. A grant
   * with such a scope does not list the permissions.
   */
  appPermissionsSuffix: text.optional(),
  /**
   * Text between a resource and a scope, for a provider that may name a scope together with its
   * resource. Absent: scopes are named alone.
   */
  resourceSeparator: text.optional(),
  /**
   * Scopes that a scope includes, by its name without a resource. An empty list: it includes none.
   * A scope that is not a key may include any other. Absent: nothing is known about them.
   */
  includes: z.record(z.string(), z.array(z.string())).optional(),
});

const authorize = z.strictObject({
  url,
  /** Fixed parameters of the authorization URL. */
  parameters: z.record(z.string(), text).default({}),
  /** Parameters without which the provider rejects the request. */
  requiredParameters: z.array(z.string()).default([]),
  scope: scope.prefault({}),
  /** `required`: the provider rejects a request without PKCE. This server always sends it. */
  pkce: z.enum(['required', 'optional']).default('optional'),
});

const clientAuthentication = z.enum(['client_secret_basic', 'client_secret_post', 'none']);

/** The token endpoint and its requests. */
export const token = z.strictObject({
  url,
  /** Endpoint for refresh tokens, on the host of `url`. Absent: `url`. */
  refreshUrl: url.optional(),
  /** Methods that the provider accepts, the preferred one first. */
  clientAuthentication: z
    .array(clientAuthentication)
    .min(1)
    .default(['client_secret_basic', 'client_secret_post']),
  /**
   * How `client_secret_basic` encodes id and secret. `none`: the provider does not decode them, so
   * they are sent as they are. Absent: as forms (RFC 6749 §2.3.1).
   */
  basicEncoding: z.enum(['form', 'none']).optional(),
  /** Format of the request body. */
  format: z.enum(['form', 'json']).default('form'),
  /** Fixed fields of every token request. Numbers stay numbers in a JSON body. */
  fields: z.record(z.string(), z.union([text, z.int()])).default({}),
  /** Fixed headers of every token request, by lower-case name. */
  headers: z.record(z.string().regex(/^[a-z-]+$/), text).default({}),
});

/**
 * The instant at which the access token expires, for a response without `expires_in`. Absent: it is
 * read from `expires_at`, `expires_on` or `expiry`, if its format can be recognized.
 */
export const expiresAt = z.strictObject({
  path,
  /** Numbers may be sent as text. */
  format: z.enum(['epoch_seconds', 'epoch_ms', 'iso_time']),
});

const response = z.strictObject({
  /**
   * Path to the access token. Absent: `access_token`. Refresh token, lifetimes and scopes are first
   * read from the object that contains the access token.
   */
  accessTokenPath: path.optional(),
  tokenTypePath: path.optional(),
  /** Literal token type, used instead of the one in the response. */
  tokenType: text.optional(),
  /** Path to the granted scopes, which are text or an array. Absent: `scope`. */
  scopesPath: path.optional(),
  expiresAt: expiresAt.optional(),
});

/** How requests with the access token carry it. */
export const accessToken = z.strictObject({
  /** Name of the header in lower case. */
  header: credentialHeader.default('authorization'),
  /**
   * Word before the token. `null`: the token is sent alone. Absent: the token type of the response
   * (RFC 6750 §2.1).
   */
  scheme: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must be one word, or null')
    .nullable()
    .optional(),
});

const account = z.discriminatedUnion('from', [
  /** The claims of an ID token. Permitted only with the scope `openid`. */
  z.strictObject({ from: z.literal('id_token') }),
  z.strictObject({ from: z.literal('token_response'), idPath: path, labelPath: path.optional() }),
  /** A request with the access token, and the paths in its response. */
  z.strictObject({
    from: z.literal('request'),
    url,
    /** JSON of a POST request, for example a GraphQL query. Absent: the request is a GET. */
    json: z.record(z.string(), z.json()).optional(),
    idPath: path,
    labelPath: path.optional(),
  }),
]);

/** A value of the grant that API calls need, for example the host of the user's organisation. */
export const grantFact = z.strictObject({
  name: z.string().regex(/^[a-zA-Z_]+$/),
  from: z.enum(['token_response', 'callback', 'request']),
  /**
   * Path in the JSON, or name of the query parameter of the callback. Only the path of a `request`
   * may contain `*`: each element is a site, and the user chooses one. The first fact of the list
   * identifies the site.
   */
  path,
  /** URL of a GET request with the access token. Only for `request`. */
  url: url.optional(),
  /**
   * Path to a text by which the user recognizes the site, if there are several. Absent: the first
   * fact.
   */
  labelPath: path.optional(),
  /**
   * `label`: the first label of a host. It stands for `*` in a pattern of `hosts`: `us6` for
   * `*.api.example.com`.
   */
  kind: z.enum(['text', 'origin', 'host', 'label']),
  /**
   * Hosts that a fact of the kind `origin`, `host` or `label` may name. Required for these kinds,
   * because they decide where tokens are sent.
   */
  hosts: z.array(hostPattern).min(1).optional(),
});

/** Lifetimes of tokens and grants. */
export const lifetime = z.strictObject({
  /** Lifetime in seconds of an access token without `expires_in`. `null`: it does not expire. */
  defaultSeconds: seconds.nullable().default(3600),
  /**
   * Lifetime in seconds that the provider documents. `null`: it does not expire. Absent: not
   * documented.
   */
  accessTokenSeconds: seconds.nullable().optional(),
  refreshTokenSeconds: seconds.nullable().optional(),
  /**
   * Seconds before the expiry from which the provider accepts a refresh. Absent: it accepts one at
   * any time.
   */
  refreshMarginSeconds: seconds.optional(),
  /** Days after which an unused grant expires. Absent: never. */
  idleLimitDays: z.int().positive().max(MAX_DAYS).optional(),
});

const refreshToken = z.strictObject({
  /**
   * `none`: no new one is issued, and the old one stays valid. `replaced`: a new one is issued, and
   * the old one stays valid. `single_use`: the old one is invalid after the refresh.
   */
  rotation: z.enum(['none', 'replaced', 'single_use']),
  /** Seconds for which a used refresh token is still accepted. */
  graceSeconds: seconds.optional(),
  /** `true`: a second use of a refresh token ends the grant. */
  reuseEndsGrant: z.boolean().default(false),
  /** Scope or authorization parameter without which no refresh token is issued. */
  needsScope: text.optional(),
  needsParameter: text.optional(),
});

/** A revocation request that differs from RFC 7009. */
const revocationRequest = z.strictObject({
  method: z.enum(['POST', 'DELETE']).default('POST'),
  /** `token`: the token is sent as `Authorization: Bearer` instead of client credentials. */
  authentication: z.enum(['client_secret_basic', 'client_secret_post', 'token']),
  format: z.enum(['form', 'json', 'none']),
  /** Fields of the body. Values may be `{token}` or `{hint}`. */
  fields: z.record(z.string(), text).default({}),
  /** Parameters of the query, as `fields`. Absent: none. */
  query: z.record(z.string().min(1).max(128), text).optional(),
  /** Segments that follow the path of the URL, as values of `fields`. Absent: none. */
  pathSegments: z
    .array(text.regex(/^(?!\.{1,2}$)/, 'must not be . or ..'))
    .min(1)
    .max(10)
    .optional(),
});

/** The revocation endpoint and its requests. */
export const revocation = z.strictObject({
  /** URL of the endpoint. May contain `{client_id}`. */
  url,
  /** The request. Absent: as in RFC 7009. */
  request: revocationRequest.optional(),
  /** Tokens that the endpoint accepts. */
  tokens: z
    .array(z.enum(['refresh_token', 'access_token']))
    .min(1)
    .default(['refresh_token', 'access_token']),
  /**
   * Extent of a revocation: it ends the sent token, its grant, or all grants of the account for
   * this client.
   */
  ends: z.enum(['token', 'grant', 'all_grants']).default('grant'),
  /**
   * HTTP statuses of responses that name no error and reject a token because it is unknown or has
   * ended.
   */
  alreadyInvalid: z.array(z.number().int().min(400).max(499)).min(1).optional(),
});

/** One row of the failure table of a token endpoint. The first row that matches decides. */
const failureRule = z.strictObject({
  when: z
    .strictObject({
      operations: z
        .array(z.enum(['authorization_code', 'refresh_token', 'client_credentials']))
        .optional(),
      /** Error codes of the response in lower case. */
      errors: z.array(z.string().min(1)).min(1).optional(),
      /** Text in lower case that the description contains. */
      descriptionHas: z.string().min(1).optional(),
    })
    .refine((when) => when.errors !== undefined || when.descriptionHas !== undefined),
  means: z.enum([
    'invalid_grant',
    'invalid_client',
    'invalid_request',
    'invalid_scope',
    'access_denied',
    'rate_limited',
    'provider_unavailable',
  ]),
  /**
   * The party that must act after `access_denied`. Only for this meaning, because every other one
   * has a fixed party.
   */
  deniedTo: z.enum(['user', 'client']).optional(),
  reason: text,
});

/** A response that the provider sends for a failure. The test server sends the same response. */
const errorResponse = z.strictObject({
  status: z.int().min(200).max(599),
  body: z.record(z.string(), z.unknown()),
});

/** How the token endpoint reports failures. */
export const failures = z.strictObject({
  /** Paths of body fields, other than `error`, that name an error. */
  errorPaths: z.array(path).default([]),
  rules: z.array(failureRule).default([]),
  /** Example responses. Absent: the responses of RFC 6749 §5.2. */
  responses: z
    .strictObject({
      invalidGrant: errorResponse.optional(),
      invalidClient: errorResponse.optional(),
      invalidRequest: errorResponse.optional(),
    })
    .default({}),
});

/** Parts of an entry that state facts of the provider, and therefore need a source. */
const sections = {
  authorize,
  token,
  response: response.prefault({}),
  accessToken: accessToken.prefault({}),
  account: account.optional(),
  grantFacts: z.array(grantFact).default([]),
  lifetime: lifetime.prefault({}),
  refreshToken: refreshToken.optional(),
  revocation: revocation.optional(),
  failures: failures.prefault({}),
  api: api.prefault({}),
};

/** Schema of {@link ProviderEntry}. `defineProvider` also checks relations between its parts. */
export const providerEntrySchema = z.strictObject({
  /** Name by which connectors refer to the provider. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  displayName: text,
  documentationUrl: url,
  config: z.record(z.string().regex(/^[a-zA-Z]+$/), configField).default({}),
  /** Hosts that may receive codes, secrets or tokens. Every URL of the entry is on one of them. */
  hosts: z.array(hostPattern).min(1),
  /** Further hosts of token endpoints that report failures in this provider's way. */
  tokenHosts: z.array(hostPattern).default([]),
  /**
   * Issuer of the provider, compared with `iss` of an authorization response (RFC 9207) and of an
   * ID token.
   */
  issuer: url.optional(),
  /** `true`: every authorization response names the issuer. */
  issuerRequiredInResponse: z.boolean().default(false),
  ...sections,
  /**
   * Source of each section that the entry states: a section of the provider reference ("B.1"), or a
   * URL.
   */
  sources: z.partialRecord(z.enum(Object.keys(sections) as [keyof typeof sections]), text),
});

/** Facts of one OAuth provider. Where a member is absent, the provider follows the RFC. */
export interface ProviderEntry extends z.output<typeof providerEntrySchema> {}
/** An entry as its author writes it, without defaults. */
export type ProviderEntryInput = z.input<typeof providerEntrySchema>;
/** The revocation endpoint of an entry. */
export type ProviderRevocation = z.output<typeof revocation>;
/** Failures of the token endpoint of an entry. */
export type ProviderFailures = z.output<typeof failures>;
/** One row of {@link ProviderFailures}. */
export type ProviderFailureRule = z.output<typeof failureRule>;
/** Where and how a token response states the instant at which the access token expires. */
export type ExpiresAtRule = z.output<typeof expiresAt>;
/** The token request of an entry. */
export type ProviderToken = z.output<typeof token>;
/** How requests with the access token carry it. */
export type AccessTokenRule = z.output<typeof accessToken>;
/** A value of the grant that API calls need. */
export type GrantFact = z.output<typeof grantFact>;
