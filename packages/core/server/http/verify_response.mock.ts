import { isDeepStrictEqual } from 'node:util';
import type { ZodType } from 'zod';
import type { Route } from '../../common/index.ts';
import type { RouteResponse } from './types.ts';

/**
 * Compares a response with the contract of its route. So every test of a route also tests its
 * contract.
 * @throws Error when the status is not documented, an error page has a status below 400, or the
 * JSON body does not match its schema or has fields that the schema does not have
 */
export function verifyResponse(route: Route, response: RouteResponse): void {
  const { responses, method, path } = route;
  const { status, body } = response;
  const place = `${method.toUpperCase()} ${path} responds ${status}`;
  if ('isErrorPage' in response) {
    if (status < 400) throw new Error(`${place} with an error page`);
    return;
  }
  if (responses === undefined) return;
  const documented = responses[status];
  if (documented === undefined) throw new Error(`${place}, which its contract does not document`);
  if (documented.body !== undefined) verifyBody(place, documented.body, body);
}

function verifyBody(place: string, schema: ZodType, body: unknown): void {
  const wire: unknown = JSON.parse(JSON.stringify(body));
  const parsed = schema.safeParse(wire);
  if (!parsed.success) {
    throw new Error(`${place} with a body that its contract refuses: ${parsed.error.message}`);
  }
  if (!isDeepStrictEqual(parsed.data, wire)) {
    throw new Error(
      `${place} with fields that its contract does not have: ${JSON.stringify(wire)}`,
    );
  }
}
