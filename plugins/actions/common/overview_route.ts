import { defineRoute, errorBody } from '@latchkey/core/common';
import { z } from 'zod';
import { connectionStatusBody } from './authorization_routes.ts';
import { listedConnectorBody } from './connector_routes.ts';
import { connectorTypeBody } from './connector_type_routes.ts';

/**
 * Takes the place of a part of the overview that could not be read. The other parts are complete.
 */
const failedPart = z.object({
  error: z.object({
    /** A code of docs/errors.md. */
    code: z.string(),
    message: errorBody.shape.message,
  }),
});

/** A part of the overview that could not be read. */
export type FailedPart = z.infer<typeof failedPart>;

/**
 * Returns `true` if the part could not be read. Checks the shape of `error` too, because a part may
 * contain a connector with the id `error`.
 */
export function isFailedPart(part: object): part is FailedPart {
  return failedPart.safeParse(part).success;
}

const part = <T extends z.ZodType>(value: T) => z.union([failedPart, value]);

/** Why a connection needs an action of its user. */
const attentionReason = z.enum([
  'reconnect',
  'ends_soon',
  'missing_scopes',
  'choose_site',
  'account_change',
  'revocation_failed',
]);

/** Body of {@link getOverview}. Each part has its value, or `{ error }` if it could not be read. */
export const overviewBody = z.object({
  connectors: part(z.array(listedConnectorBody)),
  types: part(z.array(connectorTypeBody)),
  /** The caller's connections, by connector id. */
  status: part(z.record(z.string(), connectionStatusBody)),
  /** Names of the privileges of `actions` that the caller has in this space. */
  capabilities: part(z.array(z.string())),
  /** Connectors for which the caller has to do something, most urgent first. */
  attention: part(z.array(z.object({ connector_id: z.string(), reason: attentionReason }))),
});

/** Route that returns everything that the web pages about connectors show first. */
export const getOverview = defineRoute({
  access: 'internal',
  method: 'post',
  path: '/internal/actions/_me/overview',
  summary: 'Get connectors, types, my status, capabilities, and what needs my attention',
  description: 'A part that cannot be read is `{ error }`; the other parts are complete.',
  tags: ['connectors'],
  // Compression is safe here: other sites cannot call this route, and its response contains no
  // credential (docs/adr/0027).
  isCompressible: true,
  body: z.strictObject({}).default({}),
  responses: { 200: { description: 'The parts.', body: overviewBody } },
});
