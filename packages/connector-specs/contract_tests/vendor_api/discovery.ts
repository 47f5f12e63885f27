import { isRecord } from '@latchkey/oauth-providers';
import type { JsonSchema } from '../../schema/index.ts';
import type { VendorSource } from './facts.ts';
import type { Overlay } from './manifest.ts';

const entries = (value: unknown): [string, unknown][] =>
  isRecord(value) ? Object.entries(value) : [];

/**
 * Source of a discovery document of Google: Google's client for Python, which contains all these
 * documents.
 * @param document name and version of the API, for example `drive.v3`
 */
export const discoverySource = (document: string): VendorSource => ({
  registry: 'pypi',
  package: 'google-api-python-client',
  version: '2.202.0',
  licence: 'Apache-2.0',
  sha256: 'aaa90064c9bb642ff1d065b22ca8958a2cb6e345909cefe70d0e5452fc50e08b',
  file: `googleapiclient/discovery_cache/documents/${document}.json`,
});

/**
 * Creates corrections that make fields of a response required, because discovery documents require
 * none.
 * @param source URL of Google's documentation
 */
export const requiredFields =
  (source: string) =>
  (route: string, at: readonly string[], fields: readonly string[]): Overlay => ({
    route,
    at: ['responses', 0, 'schema', ...at, 'required'],
    value: fields,
    source: `The document requires no field of a response: ${source}`,
  });

/** Returns `true` for a discovery document of Google, which is not OpenAPI. */
export const isDiscovery = (document: JsonSchema): boolean => 'discoveryVersion' in document;

/**
 * Converts a discovery document of Google to OpenAPI. Only the parts from which facts are extracted
 * are converted.
 */
export function fromDiscovery(document: JsonSchema): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const method of methodsOf(document)) {
    const path = `/${String(method['path'])}`;
    const verb = String(method['httpMethod']).toLowerCase();
    paths[path] = { ...paths[path], [verb]: operationOf(document, method) };
  }
  return { paths, components: { schemas: toOpenApi(document['schemas']) } };
}

function methodsOf(resource: JsonSchema): readonly JsonSchema[] {
  const own = entries(resource['methods']).map(([, method]) => method);
  const inner = entries(resource['resources']).map(([, child]) => child);
  return [...own.filter(isRecord), ...inner.filter(isRecord).flatMap(methodsOf)];
}

function operationOf(document: JsonSchema, method: JsonSchema): JsonSchema {
  const { request, response, scopes } = method;
  const json = (schema: unknown) => ({ 'application/json': { schema: toOpenApi(schema) } });
  return {
    security: Array.isArray(scopes) ? scopes.map((scope) => ({ oauth2: [scope] })) : [],
    parameters: [...entries(document['parameters']), ...entries(method['parameters'])].map(
      ([name, parameter]) => parameterOf(name, isRecord(parameter) ? parameter : {}),
    ),
    ...(request === undefined ? {} : { requestBody: { content: json(request) } }),
    responses: {
      200: {
        content: {
          ...(response === undefined ? {} : json(response)),
          ...(method['supportsMediaDownload'] === true
            ? { '*/*': { schema: { type: 'string' } } }
            : {}),
        },
      },
    },
  };
}

function parameterOf(name: string, { location, required, repeated, ...rest }: JsonSchema) {
  const schema = toOpenApi(rest);
  return {
    name,
    in: location,
    required,
    schema: repeated === true ? { type: 'array', items: schema } : schema,
  };
}

/**
 * Converts a schema. In discovery documents references have no path, numbers are text, and `any` is
 * a type.
 */
function toOpenApi(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toOpenApi);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, part]) => !(key === 'type' && part === 'any'))
      .map(([key, part]) => {
        if (key === '$ref') return [key, `#/components/schemas/${String(part)}`];
        const isLimit = (key === 'minimum' || key === 'maximum') && typeof part === 'string';
        return [key, isLimit ? Number(part) : toOpenApi(part)];
      }),
  );
}
