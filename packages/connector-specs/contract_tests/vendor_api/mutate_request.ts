import { isRecord } from '@latchkey/oauth-providers';
import type { JsonSchema } from '../../schema/index.ts';
import type { SentRequest } from './check_request.ts';
import type { OperationFacts, VendorFacts } from './facts.ts';
import { fieldsOf, itemsOf } from './output_mask.ts';

/** A request with a mistake that the check must find. */
export interface MutatedRequest extends SentRequest {
  readonly mistake: 'renamed name' | 'other verb' | 'dropped required' | 'skipped encoding';
  /** Name in the query, path of the field of the body, or the part that is not encoded. */
  readonly place: string;
}

const VERBS = ['PUT', 'PATCH', 'DELETE', 'POST', 'GET'];
const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

/**
 * Requests with one mistake each: a name in the query or a field of the body has another name, or a
 * required one is missing, the HTTP method is another one, or characters are not encoded. A kind of
 * mistake is left out if the request has no place for it.
 * @param route route of the request
 */
export function mutationsOf(
  request: SentRequest,
  facts: VendorFacts,
  route: string,
): MutatedRequest[] {
  const operation = facts.operations[route];
  if (operation === undefined) return [];
  const path = route.split(' ')[1] ?? '';
  const method = VERBS.find(
    (verb) => verb !== request.method && !Object.hasOwn(facts.operations, `${verb} ${path}`),
  );
  return [
    { ...request, method: method ?? 'TRACE', mistake: 'other verb', place: 'method' },
    ...inQuery(request, operation),
    ...inBody(request, operation),
    ...unencoded(request),
  ];
}

function inQuery(request: SentRequest, { parameters }: OperationFacts): MutatedRequest[] {
  const names = [...new Set(new URLSearchParams(request.url.split('?')[1] ?? '').keys())];
  const required = parameters.filter((one) => one.in === 'query' && one.isRequired);
  return [
    ...names.map((place) => ({
      ...withQuery(request, place, `${place}X`),
      mistake: 'renamed name' as const,
      place,
    })),
    ...required.map(({ name: place }) => ({
      ...withQuery(request, place, undefined),
      mistake: 'dropped required' as const,
      place,
    })),
  ];
}

function inBody(request: SentRequest, { body }: OperationFacts): MutatedRequest[] {
  const type = request.contentType?.split(';')[0]?.trim() ?? '';
  const schema = body?.schemas[type];
  if (schema === undefined || request.body === '') return [];
  const mutated = (sent: string, rest: Pick<MutatedRequest, 'mistake' | 'place'>) => ({
    ...request,
    body: sent,
    ...rest,
  });
  if (type === FORM) {
    const required = requiredOf(schema);
    return [...new Set(new URLSearchParams(request.body).keys())].flatMap((place) => [
      mutated(renamedIn(request.body, place, `${place}X`), { mistake: 'renamed name', place }),
      ...(required.includes(place)
        ? [
            mutated(renamedIn(request.body, place, undefined), {
              mistake: 'dropped required',
              place,
            }),
          ]
        : []),
    ]);
  }
  if (type !== JSON_TYPE) return inMultipart(request, schema);
  return changesOf(JSON.parse(request.body), schema).map(({ value, mistake, place }) =>
    mutated(JSON.stringify(value), { mistake, place }),
  );
}

/**
 * Places in the body of a request where the caller chooses the names of fields, so that no other
 * name is a mistake.
 */
export function freePlacesOf(request: SentRequest, { body }: OperationFacts): readonly string[] {
  const schema = body?.schemas[JSON_TYPE];
  if (schema === undefined || request.body === '' || !request.contentType?.startsWith(JSON_TYPE))
    return [];
  return freePlaces(JSON.parse(request.body), schema, '');
}

function freePlaces(value: unknown, schema: JsonSchema, path: string): readonly string[] {
  if (Array.isArray(value)) return freePlaces(value[0], { anyOf: itemsOf(schema) }, `${path}[]`);
  if (!isRecord(value) || Object.keys(value).length === 0) return [];
  if (isOpen(schema)) return [path];
  const fields = fieldsOf(schema);
  return Object.entries(value).flatMap(([name, field]) =>
    freePlaces(field, { anyOf: fields.get(name) ?? [] }, path === '' ? name : `${path}.${name}`),
  );
}

/** Fields of a multipart form with other names. */
function inMultipart(request: SentRequest, schema: JsonSchema): MutatedRequest[] {
  return [...fieldsOf(schema).keys()].flatMap((place) => {
    const body = request.body.replaceAll(` name="${place}"`, ` name="${place}X"`);
    return body === request.body
      ? []
      : [{ ...request, body, mistake: 'renamed name' as const, place }];
  });
}

interface Change extends Pick<MutatedRequest, 'mistake' | 'place'> {
  readonly value: unknown;
}

/** Values with one field at any depth that has another name, or that is left out. */
function changesOf(value: unknown, schema: JsonSchema, path = ''): Change[] {
  if (Array.isArray(value)) {
    const items: JsonSchema = { anyOf: itemsOf(schema) };
    // Items of a list are alike.
    const [first, ...rest] = value;
    return changesOf(first, items, `${path}[]`).map((change) => ({
      ...change,
      value: [change.value, ...rest],
    }));
  }
  if (!isRecord(value)) return [];
  const fields = fieldsOf(schema);
  const required = requiredOf(schema);
  return Object.entries(value).flatMap(([name, field]): Change[] => {
    const place = path === '' ? name : `${path}.${name}`;
    const others = without(value, name);
    return [
      ...(isOpen(schema)
        ? []
        : [
            {
              value: { ...others, [`${name}X`]: field },
              mistake: 'renamed name' as const,
              place,
            },
          ]),
      ...(required.includes(name)
        ? [{ value: others, mistake: 'dropped required' as const, place }]
        : []),
      ...changesOf(field, { anyOf: fields.get(name) ?? [] }, place).map((change) => ({
        ...change,
        value: { ...value, [name]: change.value },
      })),
    ];
  });
}

/** The schema and, at any depth, the schemas in its `anyOf`, `oneOf` and `allOf`. */
function partsOf(schema: JsonSchema): readonly JsonSchema[] {
  const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => {
    const list = schema[key];
    return Array.isArray(list) ? list.filter(isRecord) : [];
  });
  return [schema, ...parts.flatMap(partsOf)];
}

/** `true`: the caller chooses the names of the fields. */
function isOpen(schema: JsonSchema): boolean {
  return (
    fieldsOf(schema).size === 0 ||
    partsOf(schema).some(
      ({ additionalProperties: other }) => other !== undefined && other !== false,
    )
  );
}

/** Fields that all alternatives require. */
function requiredOf(schema: JsonSchema): readonly string[] {
  const own = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const all = Array.isArray(schema['allOf']) ? schema['allOf'].filter(isRecord) : [];
  const alternatives = ['anyOf', 'oneOf'].flatMap((key) => {
    const list = schema[key];
    const [first, ...rest] = (Array.isArray(list) ? list.filter(isRecord) : []).map(requiredOf);
    return (first ?? []).filter((name) => rest.every((one) => one.includes(name)));
  });
  return [...own, ...all.flatMap(requiredOf), ...alternatives];
}

/** A path, query or form with characters that are not encoded. */
function unencoded(request: SentRequest): MutatedRequest[] {
  const [path = '', search = ''] = request.url.split('?');
  const decodedPath = path.replaceAll('%2F', '/').replaceAll('%3F', '?');
  const url = search === '' ? decodedPath : `${decodedPath}?${search}`;
  const query = withoutEncoding(search);
  const isForm = request.contentType?.startsWith(FORM) === true;
  const body = isForm ? withoutEncoding(request.body) : request.body;
  const changed = [
    ...(decodedPath === path ? [] : [{ ...request, url, place: 'path' }]),
    ...(query === search ? [] : [{ ...request, url: `${path}?${query}`, place: 'query' }]),
    ...(body === request.body ? [] : [{ ...request, body, place: 'body' }]),
  ];
  return changed.map((one) => ({ ...one, mistake: 'skipped encoding' as const }));
}

const withoutEncoding = (form: string): string =>
  form.replaceAll('%26', '&').replaceAll('%3D', '=');

function withQuery(request: SentRequest, name: string, newName: string | undefined): SentRequest {
  const [path = '', search = ''] = request.url.split('?');
  return { ...request, url: `${path}?${renamedIn(search, name, newName)}` };
}

/** A query or form with another name. `undefined`: without the name. */
function renamedIn(form: string, name: string, newName: string | undefined): string {
  const pairs = [...new URLSearchParams(form)].flatMap(([key, value]): [string, string][] =>
    key !== name ? [[key, value]] : newName === undefined ? [] : [[newName, value]],
  );
  return String(new URLSearchParams(pairs));
}

function without(value: Readonly<Record<string, unknown>>, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
}
