import { type ZodType, z } from 'zod';
import type { DescribedBody, Route } from '../../common/index.ts';

type Json = Readonly<Record<string, unknown>>;

const ERROR_CONTENT = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
const ERROR_RESPONSE = { description: 'Refused or failed', content: ERROR_CONTENT };

/**
 * Describes the body of a route, with the schemas to which the description refers. `undefined`: the
 * route has no body.
 */
export function describeBody({ body, describeBody }: Route): DescribedBody | undefined {
  if (body === undefined) return undefined;
  const schema = jsonSchema(body, 'input');
  return describeBody?.(schema) ?? { schema, components: {} };
}

/**
 * Describes one operation.
 * @param path in OpenAPI's notation; decides which path parameters exist
 * @param bodySchema see {@link describeBody}
 */
export function buildOperation(route: Route, path: string, bodySchema: Json | undefined): Json {
  const { summary, description, tags, params, query } = route;
  return {
    operationId: operationId(route.method, path),
    summary,
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    security: securityOf(route),
    parameters: [
      ...pathParameters(path, params),
      ...queryParameters(query),
      ...headerParameters(route),
    ],
    ...(bodySchema === undefined ? {} : { requestBody: requestBody(route, bodySchema) }),
    responses: responsesOf(route),
  };
}

/** Returns the JSON Schema of a zod schema, for one direction. */
function jsonSchema(schema: ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  return rest;
}

const operationId = (method: string, path: string): string =>
  `${method}_${path.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_|_$/g, '')}`;

function securityOf({ authentication = 'required' }: Route): Json[] {
  const schemes = [{ basic: [] }, { apiKey: [] }, { session: [] }];
  if (authentication === 'none') return [];
  const mayBeAnonymous = authentication === 'optional' || authentication === 'best_effort';
  return mayBeAnonymous ? [{}, ...schemes] : schemes;
}

function pathParameters(path: string, schema: ZodType | undefined): Json[] {
  const { properties } = propertiesOf(schema);
  return [...path.matchAll(/\{([A-Za-z0-9_]+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: inUrl(properties[name] ?? { type: 'string' }),
  }));
}

/** Adds the rule of every route that a URL must not contain a NUL character. */
function inUrl(schema: Json): Json {
  const isFreeText = schema['type'] === 'string' && !('pattern' in schema || 'enum' in schema);
  return isFreeText ? { ...schema, pattern: '^[^\\u0000]*$' } : schema;
}

function queryParameters(schema: ZodType | undefined): Json[] {
  const { properties, required } = propertiesOf(schema);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: inUrl(property),
  }));
}

function headerParameters({ method, xsrfRequired }: Route): Json[] {
  if (method === 'get' || xsrfRequired === false) return [];
  const description = 'Any value; proves that the request does not come from a foreign page.';
  return [
    {
      name: 'kbn-xsrf',
      in: 'header',
      required: true,
      description,
      schema: { type: 'string' },
      example: 'true',
    },
  ];
}

function propertiesOf(schema: ZodType | undefined): {
  readonly properties: Readonly<Record<string, Json>>;
  readonly required: readonly string[];
} {
  if (schema === undefined) return { properties: {}, required: [] };
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return { properties, required };
}

function requestBody({ bodyFormat, body }: Route, schema: Json): Json {
  const type = bodyFormat === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  return {
    required: body?.safeParse(undefined).success !== true,
    content: { [type]: { schema } },
  };
}

function responsesOf(route: Route): Json {
  const responses = route.responses ?? {};
  // A route whose result is a page also shows its errors as pages.
  const success = responses[200];
  const showsPages = success !== undefined && success.body === undefined;
  const documented = Object.entries(responses).map(([status, { description, body }]) => {
    if (body !== undefined) {
      const content = { 'application/json': { schema: jsonSchema(body, 'output') } };
      return [status, { description, content }];
    }
    // Generated clients do not read `default` for a status that is listed.
    const isCommonError = Number(status) >= 400 && !showsPages;
    return [status, { description, ...(isCommonError ? { content: ERROR_CONTENT } : {}) }];
  });
  const hasSuccess = documented.some(([status]) => Number(status) < 400);
  return {
    ...(hasSuccess ? {} : { 200: { description: 'Success' } }),
    ...Object.fromEntries(documented),
    default: ERROR_RESPONSE,
  };
}
