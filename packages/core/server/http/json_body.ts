import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { acceptsForm, FORM_TYPE } from './form_body.ts';
import { HttpError } from './http_error.ts';
import { isNestedTooDeeply, MAX_JSON_DEPTH } from './json_depth.ts';

const JSON_TYPE = 'application/json';
/** JSON, including structured suffixes: some clients send `application/vnd.api+json`. */
const ANY_JSON_TYPE = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i;

/**
 * Accepts only JSON bodies, except on routes that accept forms. An empty JSON body counts as no
 * body, because many clients send the content type with empty requests.
 */
export function acceptOnlyJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ANY_JSON_TYPE,
    { parseAs: 'string' },
    (request: FastifyRequest, body: string, done) => {
      if (body.length === 0) {
        done(null, undefined);
        return;
      }
      const refusal = refusalOf(body, request);
      if (refusal === undefined) parseJson(request, body, done);
      else done(refusal);
    },
  );
}

function refusalOf(body: string, request: FastifyRequest): HttpError | undefined {
  if (acceptsForm(request))
    return new HttpError(415, `Unsupported content type: send ${FORM_TYPE}.`);
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return new HttpError(415, 'The request body is compressed: send it without content-encoding.', {
      // This header is required by RFC 9110 §15.5.16.
      headers: { 'accept-encoding': 'identity' },
    });
  }
  if (!isNestedTooDeeply(body)) return undefined;
  return new HttpError(
    400,
    `The request body is nested too deeply: at most ${MAX_JSON_DEPTH} levels.`,
  );
}

/**
 * Removes the content type of an empty body, where it has no meaning: `curl -X POST -d ''` sends
 * the type of a form.
 */
export function dropContentTypeOfEmptyBody({ headers }: IncomingMessage): void {
  if (headers['content-length'] === '0') headers['content-type'] = undefined;
}

/**
 * Reads a body without a content type as JSON, as Kibana does. Only for routes that require
 * `kbn-xsrf`: a page of another site can send such a body without a CORS preflight, but not that
 * header.
 */
export function labelBodyAsJson({ headers }: IncomingMessage): void {
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && headers['content-type'] === undefined) headers['content-type'] = JSON_TYPE;
}
