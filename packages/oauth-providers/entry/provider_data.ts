import { z } from 'zod';
import { missingScopeRule, type ResponseRule, responseRule } from './api_rules.ts';
import { path, text } from './entry_fields.ts';
import { failures, lifetime, revocation, scope, token } from './provider_entry.ts';

/**
 * Tells if a rule can only match failures. A rule that also matches successful responses would make
 * the server repeat every request.
 */
const namesFailure = ({ status: [from], body, header }: ResponseRule): boolean =>
  from >= 400 || body.length > 0 || header !== undefined;
const NAMES_FAILURE = {
  message: 'needs a condition on the body or a header unless the status is 400 or higher',
};

/**
 * Names of headers that cannot change the destination of a request or the user for whom it is sent.
 */
const harmlessHeader = z.string().regex(/^(accept|accept-language|x-[a-z0-9-]+)$/);

/**
 * Facts about scopes that an administrator can enter. The parameter is a setting of the connector.
 * The two other omitted members serve to compare the scopes that an action names, and actions of a
 * connector with entered data name none.
 */
const scopeOfData = scope.omit({
  parameter: true,
  appPermissionsSuffix: true,
  resourceSeparator: true,
});

/**
 * Facts that an administrator enters for a provider without an entry: those of an entry on which
 * the server acts without knowing the API. What decides where tokens are
 * sent or what a user permits is not among them: endpoints with their parameters, paths into the
 * token response and the source of the account are settings of the connector.
 */
export const providerDataSchema = z.strictObject({
  authorize: z.strictObject({ scope: scopeOfData.prefault({}) }).prefault({}),
  token: token
    .pick({ format: true, fields: true })
    .extend({
      /** Endpoint for refresh tokens. Used only on the origin of the token endpoint. */
      refreshUrl: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .optional(),
      headers: z.record(harmlessHeader, text).default({}),
    })
    .prefault({}),
  /** Paths into the token response that are not settings of the connector. */
  response: z
    .strictObject({
      // Scopes are shown to users and not encrypted.
      scopesPath: path.regex(/^(?!.*token$)/i, 'must not lead to a token').optional(),
    })
    .prefault({}),
  lifetime: lifetime
    .pick({ defaultSeconds: true, refreshMarginSeconds: true, idleLimitDays: true })
    .prefault({}),
  revocation: revocation.omit({ url: true }).optional(),
  failures: failures.pick({ errorPaths: true, rules: true }).prefault({}),
  api: z
    .strictObject({
      tokenRejected: z.array(responseRule.refine(namesFailure, NAMES_FAILURE)).default([]),
      missingScope: z
        .array(
          missingScopeRule
            .refine(namesFailure, NAMES_FAILURE)
            // The scopes become part of a message, so they must not come from a field with a token.
            .refine(({ needed }) => needed?.from !== 'body' || !/token$/i.test(needed.path), {
              path: ['needed', 'path'],
              message: 'must not lead to a token',
            }),
        )
        .default([]),
    })
    .prefault({}),
});

/** Facts of a provider that an administrator entered. */
export type ProviderData = z.output<typeof providerDataSchema>;
