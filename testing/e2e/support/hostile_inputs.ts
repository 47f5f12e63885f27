import type { Route } from '@latchkey/core/common';
import { z } from 'zod';

const LONG = 'x'.repeat(70_000);
const DEEP = JSON.parse(`${'['.repeat(900)}${']'.repeat(900)}`);

/** Values of every JSON type, and texts that careless code does not handle correctly. */
const VALUES: readonly unknown[] = [
  null,
  true,
  7,
  -1,
  1e308,
  '',
  ' ',
  LONG,
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '*',
  '%',
  '{"$gt":""}',
  '🔑',
  [],
  ['x', 7, null],
  {},
  DEEP,
  Object.assign(Object.create(null), { constructor: { prototype: { polluted: true } } }),
];

/** Bodies that are not valid JSON objects, exactly as they are sent. */
const RAW_BODIES: readonly string[] = [
  '',
  'null',
  '7',
  '"x"',
  '[]',
  '{',
  '{"a":1}{',
  '{"a":NaN}',
  `${'{"a":'.repeat(5000)}1`,
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"unknown_key":1}',
  `{"${LONG}":1}`,
];

/** Values of path parameters, exactly as they are sent. */
const PATH_PARTS: readonly string[] = [
  '%00',
  '%ff',
  '%E0%A4%A',
  '..%2f..%2fx',
  '%2e%2e',
  '__proto__',
  'constructor',
  '%F0%9F%94%91',
  'a%20b',
  '*',
  'x'.repeat(3000),
];

/** Values of query parameters, exactly as they are sent. */
const QUERY_VALUES: readonly string[] = ['', '-1', '0', '1e99', 'NaN', 'true', '%00', '%ff', '*'];

const object = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });

/** A request that a route must refuse, or handle as its contract says. */
interface HostileRequest {
  /** Description of the hostile part, for the message of a failed test. */
  readonly what: string;
  readonly path: string;
  readonly rawBody?: string;
}

/**
 * Returns hostile requests to a route. Each path parameter, each query parameter and each field of
 * the body has each hostile value once, while all other values are valid.
 * @param body a body that the route accepts
 */
export function hostileRequests(route: Route, body: object = {}): readonly HostileRequest[] {
  const path = pathOf(route, () => 'fuzz');
  const hasBody = route.body !== undefined;
  const rawBody = hasBody ? JSON.stringify(body) : undefined;
  const sent = rawBody === undefined ? {} : { rawBody };
  return [
    ...PATH_PARTS.filter(() => route.path.includes('{')).map((part) => ({
      what: `path part ${shown(part)}`,
      path: pathOf(route, () => part),
      ...sent,
    })),
    ...queriesOf(route).map((query) => ({
      what: `query ${shown(query)}`,
      path: `${path}?${query}`,
      ...sent,
    })),
    ...(hasBody ? RAW_BODIES : []).map((raw) => ({
      what: `body ${shown(raw)}`,
      path,
      rawBody: raw,
    })),
    ...bodiesOf(route, body).map(({ what, value }) => ({
      what,
      path,
      rawBody: JSON.stringify(value),
    })),
  ];
}

/** Returns the path of a route with a value for each parameter. */
function pathOf({ path }: Route, value: () => string): string {
  return path.replaceAll(/\{[^}]+\}/g, value);
}

function queriesOf({ query }: Route): readonly string[] {
  const names = Object.keys(propertiesOf(query));
  return [
    'unknown=1',
    '__proto__=1',
    'a[b]=c',
    ...names.flatMap((name) => [
      ...QUERY_VALUES.map((value) => `${name}=${value}`),
      `${name}=${'9'.repeat(400)}`,
      `${name}=a&${name}=b`,
    ]),
  ];
}

/**
 * Returns copies of the valid body with one hostile value each, in a field of the first or second
 * level.
 */
function bodiesOf(route: Route, body: object): readonly { what: string; value: unknown }[] {
  if (route.body === undefined) return [];
  const names = new Set([...Object.keys(propertiesOf(route.body)), ...Object.keys(body)]);
  const first = [...names].flatMap((name) =>
    VALUES.map((value) => ({
      what: `body.${name} ${shown(value)}`,
      value: { ...body, [name]: value },
    })),
  );
  const second = Object.entries(body).flatMap(([name, inner]) =>
    typeof inner !== 'object' || inner === null || Array.isArray(inner)
      ? []
      : ['unknown_key', ...Object.keys(inner)].flatMap((key) =>
          VALUES.map((value) => ({
            what: `body.${name}.${key} ${shown(value)}`,
            value: { ...body, [name]: { ...inner, [key]: value } },
          })),
        ),
  );
  return [...first, ...second];
}

/** Returns the properties that a schema defines at its first level. */
function propertiesOf(schema: Route['body']): Readonly<Record<string, unknown>> {
  if (schema === undefined) return {};
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const branches = [json, ...(json.anyOf ?? []), ...(json.oneOf ?? []), ...(json.allOf ?? [])];
  return Object.assign({}, ...branches.map((one) => object.safeParse(one).data?.properties ?? {}));
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 60);
