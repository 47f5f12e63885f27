import { z } from 'zod';
import { api, missingScopeRule, type ResponseRule, responseRule } from './api_rules.ts';
import { hostPattern, path, text } from './entry_fields.ts';
import { apiHeadersProblem, grantFactsProblem } from './grant_fact_rules.ts';
import {
  accessToken,
  expiresAt,
  failures,
  grantFact,
  lifetime,
  revocation,
  scope,
  token,
} from './provider_entry.ts';

/**
 * Returns `true` if a rule can only match failures. A rule that also matches successful responses
 * would make the server repeat every request.
 */
const namesFailure = ({ status: [from], body, header }: ResponseRule): boolean =>
  from >= 400 || body.length > 0 || header !== undefined;
const NAMES_FAILURE = {
  message: 'needs a condition on the body or a header unless the status is 400 or higher',
};

/**
 * Names of headers that cannot change the destination of a request or the user for whom it is sent.
 */
const harmlessHeader = z
  .string()
  .regex(
    /^(accept|accept-language|x-[a-z0-9-]+)$/,
    'must be accept, accept-language or a name that begins with x-, in lower case',
  );

/**
 * Facts about scopes that an administrator can enter. `parameter` is omitted, because it is a
 * setting of the connector. The other omitted members are needed only to compare the scopes that
 * an action names; actions of connectors with entered data name none.
 */
const scopeOfData = scope.omit({
  parameter: true,
  appPermissionsSuffix: true,
  resourceSeparator: true,
  includes: true,
});

/** An address that an administrator enters. Development servers may have one without TLS. */
const enteredUrl = z.url({ protocol: /^https?$/ }).max(500);

/** A grant fact with its own addresses. There are no config fields that they could contain. */
const enteredGrantFact = grantFact
  .extend({
    // Facts become part of requests to the API, which must not receive another token.
    path: path.regex(/^(?!.*(token|assertion|secret)$)/i, 'must not lead to a token'),
    url: enteredUrl.optional(),
    hosts: z
      .array(hostPattern.regex(/^[^{]+$/))
      .min(1)
      .optional(),
  })
  .refine(({ from, path }) => from !== 'callback' || !/^(code|state)$/i.test(path), {
    path: ['path'],
    message: 'must not be a parameter with which the server gets tokens',
  });

/**
 * Facts that an administrator enters for a provider without an entry: those of an entry on which
 * the server acts without knowing the API. Endpoints with their parameters, paths into the token
 * response and the source of the account are not among them, but settings of the connector. Hosts
 * of grant facts decide where tokens are sent, so a change of them ends grants.
 */
export const providerDataSchema = z
  .strictObject({
    authorize: z.strictObject({ scope: scopeOfData.prefault({}) }).prefault({}),
    token: token
      .pick({ format: true, fields: true, basicEncoding: true })
      .extend({
        /** Endpoint for refresh tokens. Used only on the origin of the token endpoint. */
        refreshUrl: enteredUrl.optional(),
        headers: z.record(harmlessHeader, text).default({}),
      })
      .prefault({}),
    /** Paths into the token response that are not settings of the connector. */
    response: z
      .strictObject({
        // Scopes are shown to users and not encrypted.
        scopesPath: path.regex(/^(?!.*token$)/i, 'must not lead to a token').optional(),
        expiresAt: expiresAt.optional(),
      })
      .prefault({}),
    accessToken: accessToken.prefault({}),
    grantFacts: z
      .array(enteredGrantFact)
      .max(20)
      .superRefine((grantFacts, context) => {
        const message = grantFactsProblem(grantFacts);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .default([]),
    lifetime: lifetime
      .pick({ defaultSeconds: true, refreshMarginSeconds: true, idleLimitDays: true })
      .prefault({}),
    revocation: revocation.omit({ url: true }).optional(),
    failures: failures.pick({ errorPaths: true, rules: true }).prefault({}),
    api: z
      .strictObject({
        headers: api.shape.headers,
        tokenRejected: z.array(responseRule.refine(namesFailure, NAMES_FAILURE)).default([]),
        missingScope: z
          .array(
            missingScopeRule
              .refine(namesFailure, NAMES_FAILURE)
              // A message contains the scopes, so they must not come from a field with a token.
              .refine(({ needed }) => needed?.from !== 'body' || !/token$/i.test(needed.path), {
                path: ['needed', 'path'],
                message: 'must not lead to a token',
              }),
          )
          .default([]),
      })
      .prefault({}),
  })
  .superRefine(({ api: { headers }, grantFacts }, context) => {
    const message = apiHeadersProblem(headers, grantFacts);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** Facts of a provider that an administrator entered. */
export type ProviderData = z.output<typeof providerDataSchema>;
