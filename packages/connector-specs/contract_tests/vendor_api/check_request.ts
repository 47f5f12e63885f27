import { isRecord } from '@latchkey/oauth-providers';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../schema/index.ts';
import type { OperationFacts, ParameterFacts, VendorFacts } from './facts.ts';
import { operationNameOf } from './manifest.ts';
import { fieldsOf } from './output_mask.ts';

/** A request that an action sent. */
export interface SentRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Header `content-type`. `undefined`: the request has none. */
  readonly contentType: string | undefined;
  readonly body: string;
}

/** The operation of a request, and the mistakes: parts that its description does not permit. */
export interface CheckedRequest {
  /** Route of the operation. `undefined`: the description has no such operation. */
  readonly route: string | undefined;
  readonly problems: readonly string[];
}

const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  coerceTypes: false,
  // Vendors name formats that JSON Schema does not have, and facts of a description have none.
  validateFormats: false,
});
const validators = new WeakMap<object, ValidateFunction>();
const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/** Checks a request against the facts of its vendor. */
export function checkRequest(facts: VendorFacts, request: SentRequest): CheckedRequest {
  const [pathname = '', search = ''] = splitOnce(request.url, '?');
  const found = findOperation(facts, request, pathname);
  if (found === undefined) {
    return { route: undefined, problems: [`no operation ${request.method} ${pathname}`] };
  }
  const { route, operation, pathValues } = found;
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  return {
    route,
    problems: [
      ...operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .flatMap((parameter) => checkText(parameter, [pathValues.get(parameter.name) ?? ''])),
      ...checkParameters(query, new URLSearchParams(search)),
      ...checkBody(operation, request),
    ],
  };
}

const splitOnce = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

interface FoundOperation {
  readonly route: string;
  readonly operation: OperationFacts;
  readonly pathValues: ReadonlyMap<string, string>;
}

/**
 * The operation whose path matches the request. Among several, the one with the most literal
 * segments is used.
 */
function findOperation(
  facts: VendorFacts,
  { method, body }: SentRequest,
  pathname: string,
): FoundOperation | undefined {
  const { basePath, gatewayPath = '' } = facts;
  const path = pathname.startsWith(gatewayPath) ? pathname.slice(gatewayPath.length) : pathname;
  if (!path.startsWith(basePath)) return undefined;
  const sent = path.slice(basePath.length);
  return Object.entries(facts.operations)
    .filter(([route]) => {
      const [verb, , name] = route.split(' ');
      return verb === method && (name === undefined || name === sentOperation(body));
    })
    .sort(([a], [b]) => literalsIn(b) - literalsIn(a) || a.split('{').length - b.split('{').length)
    .map(([route, operation]) => {
      const path = route.split(' ')[1] ?? '';
      const pathValues = matchPath(path, sent, operation);
      return pathValues === undefined ? undefined : { route, operation, pathValues };
    })
    .find((match) => match !== undefined);
}

const literalsIn = (route: string): number =>
  route.split('/').filter((segment) => !segment.includes('{')).length;

/** Name of the GraphQL operation that a body contains. */
function sentOperation(body: string): string | undefined {
  const content = parsed(body);
  const query = isRecord(content) ? content['query'] : undefined;
  return typeof query === 'string' ? operationNameOf(query) : undefined;
}

/** The values of the path parameters. `undefined`: the path does not match the template. */
function matchPath(
  template: string,
  sent: string,
  { parameters }: OperationFacts,
): ReadonlyMap<string, string> | undefined {
  const isMultiSegment = (name: string) =>
    parameters.some((one) => one.in === 'path' && one.name === name && one.isMultiSegment);
  const names: string[] = [];
  // `split` puts the names of the parameters at every second position.
  const pattern = template.split(/\{([^}]+)\}/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    names.push(part);
    // A colon in a value is encoded, so a colon that is not encoded begins a custom method
    // (google.aip.dev/136).
    return isMultiSegment(part) ? '(.*)' : '([^/:]+)';
  });
  const values = new RegExp(`^${pattern.join('')}$`).exec(sent)?.slice(1);
  return (
    values && new Map(values.map((value, index) => [names[index] ?? '', decodeURIComponent(value)]))
  );
}

function checkParameters(
  known: readonly ParameterFacts[],
  sent: URLSearchParams,
): readonly string[] {
  const names = new Set(known.map(({ name }) => name));
  return [
    ...[...new Set(sent.keys())]
      .filter((name) => !names.has(name))
      .map((name) => `unknown query name ${name}`),
    ...known.flatMap((parameter) => {
      const values = sent.getAll(parameter.name);
      if (values.length > 0) return checkText(parameter, values);
      return parameter.isRequired ? [`missing query name ${parameter.name}`] : [];
    }),
  ];
}

/** Checks values that are sent as text, in a path, a query or a form. */
function checkText(
  { name, schema, isCommaSeparated }: Pick<ParameterFacts, 'name' | 'schema' | 'isCommaSeparated'>,
  values: readonly string[],
): readonly string[] {
  const isList = [schema['type']].flat().includes('array');
  if (isList) {
    const items = isCommaSeparated ? values.flatMap((value) => value.split(',')) : values;
    return validate(
      schema,
      items.map((item) => typed(schema['items'], item)),
      name,
    );
  }
  if (values.length > 1) return [`${name} is sent ${values.length} times`];
  return validate(schema, typed(schema, values[0] ?? ''), name);
}

/** The value of a text, as the type that the schema requires. */
function typed(schema: unknown, text: string): unknown {
  const options = isRecord(schema)
    ? [schema, ...[schema['anyOf'], schema['oneOf']].flat().filter(isRecord)]
    : [];
  const types = options.flatMap(({ type }) => type);
  if (types.includes('string')) return text;
  if (types.includes('integer') || types.includes('number')) {
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  }
  if (types.includes('boolean')) return text === 'true' ? true : text === 'false' ? false : text;
  if (types.includes('object') || types.includes('array')) return parsed(text) ?? text;
  return text;
}

function checkBody({ body }: OperationFacts, request: SentRequest): readonly string[] {
  if (request.body === '') return body?.isRequired === true ? ['missing body'] : [];
  if (body === undefined) return ['unexpected body'];
  const type = request.contentType?.split(';')[0]?.trim() ?? '';
  const schema = body.schemas[type];
  if (schema === undefined) return [`body has the content type ${type}`];
  if (type === FORM) return checkForm(schema, new URLSearchParams(request.body));
  if (type === MULTIPART) return checkForm(schema, fieldsOfMultipart(request.body));
  const value = parsed(request.body);
  return value === undefined ? ['body is not JSON'] : validate(strict(schema), value, 'body');
}

/** Fields of a multipart form. Files are among them, as text. */
function fieldsOfMultipart(body: string): URLSearchParams {
  const parts = body.split(/^--[^\r\n]+(?:--)?\r?\n/m).slice(1);
  return new URLSearchParams(
    parts.flatMap((part): [string, string][] => {
      const [head, content] = splitOnce(part, '\r\n\r\n');
      const name = /;\s*name="([^"]*)"/i.exec(head)?.[1];
      return name === undefined ? [] : [[name, content.trim()]];
    }),
  );
}

function checkForm(schema: JsonSchema, sent: URLSearchParams): readonly string[] {
  const fields = isRecord(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return checkParameters(
    fields.map(([name, field]) => ({
      in: 'query',
      name,
      isRequired: required.includes(name),
      isMultiSegment: false,
      isCommaSeparated: true,
      schema: isRecord(field) ? field : {},
    })),
    sent,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const strictSchemas = new WeakMap<object, JsonSchema>();

/**
 * A schema that refuses unknown fields. JSON Schema permits them, but a vendor ignores or rejects
 * them.
 */
function strict(schema: JsonSchema): JsonSchema {
  const known = strictSchemas.get(schema);
  if (known !== undefined) return known;
  const inner = strictParts(schema);
  const isClosed = fieldsOf(schema).size > 0 && schema['additionalProperties'] === undefined;
  const result = isClosed ? { ...inner, unevaluatedProperties: false } : inner;
  strictSchemas.set(schema, result);
  return result;
}

/**
 * Refuses unknown fields in the whole object, because each part of `allOf` knows only its own
 * fields.
 */
function strictParts(schema: JsonSchema): JsonSchema {
  const result: Record<string, unknown> = { ...schema };
  if (isRecord(schema['properties'])) {
    result['properties'] = Object.fromEntries(
      Object.entries(schema['properties']).map(([name, field]) => [
        name,
        isRecord(field) ? strict(field) : field,
      ]),
    );
  }
  if (isRecord(schema['items'])) result['items'] = strict(schema['items']);
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const parts = schema[key];
    if (Array.isArray(parts))
      result[key] = parts.map((part) => (isRecord(part) ? strictParts(part) : part));
  }
  return result;
}

function validate(schema: JsonSchema, value: unknown, name: string): readonly string[] {
  let check = validators.get(schema);
  if (check === undefined) {
    check = ajv.compile(schema);
    validators.set(schema, check);
  }
  if (check(value)) return [];
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${name}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
