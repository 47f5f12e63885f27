import { parse } from 'node:querystring';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpError } from './http_error.ts';

/** Content type of a plain HTML form. */
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * Maximum number of fields, more than any form of this server has. The parser drops further ones.
 */
const MAX_FIELDS = 100;

/**
 * Accepts HTML forms only on routes with `bodyFormat: 'form'`. A page of another site can post a
 * form without a CORS preflight, so every such route must verify the sender itself. A field that
 * occurs twice becomes a list and fails validation.
 */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    FORM_TYPE,
    { parseAs: 'string' },
    (request: FastifyRequest, body: string, done) => {
      const refusal = refusalOf(body, request);
      if (refusal === undefined) done(null, parse(body, '&', '=', { maxKeys: MAX_FIELDS }));
      else done(refusal);
    },
  );
}

/** Returns `true` if the route accepts forms instead of JSON. */
export function acceptsForm({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.route?.bodyFormat === 'form';
}

function refusalOf(body: string, request: FastifyRequest): HttpError | undefined {
  if (!acceptsForm(request)) {
    return new HttpError(415, 'Unsupported content type: send application/json.');
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new HttpError(415, 'The request body is compressed: send it without content-encoding.', {
      headers: { 'accept-encoding': 'identity' },
    });
  }
  return body.includes('%00') || body.includes('\0')
    ? new HttpError(400, 'The form contains a NUL character.')
    : undefined;
}
