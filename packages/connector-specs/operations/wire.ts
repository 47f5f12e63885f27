import { isRecord } from '@latchkey/oauth-providers';

/**
 * Part of a request that contains the value of an input. The route decides which inputs are in the
 * path.
 */
export type Place = 'query' | 'body' | 'header';

/**
 * Form of a list in a query or a form: `a=1&a=2`, `a=1,2`, `a[]=1&a[]=2`, or a list of objects as
 * `a[0][name]=1&a[1][name]=2`.
 */
export type ListFormat = 'repeat' | 'comma' | 'brackets' | 'indexed';

/** Name, place and form of one input in the request. */
interface WireRule {
  /**
   * Name in the API. In a JSON body, dots make nested objects: `parent.page_id`; a number between
   * dots is the index in a list, and `-` appends to the list. Default: the name of the input,
   * changed by the naming of the API.
   */
  readonly name?: string;
  /** Part of the request. Default: the query for GET, HEAD and DELETE, else the body. */
  readonly in?: Place;
  /** Form of a list. Default: that of the API. */
  readonly list?: ListFormat;
  /**
   * Text in which `{value}` is replaced by the value: `{value} is:issue`. Absent: the value is sent
   * alone.
   */
  readonly template?: string;
  /**
   * Name of another input that is a text. The value is appended to this text instead of being sent
   * itself.
   */
  readonly appendTo?: string;
}

/** The name of an input in the API, or a rule with more facts. */
export type WireEntry = string | WireRule;

/** `same`: inputs have the names of the API. `snake_case`: `perPage` is sent as `per_page`. */
export type Naming = 'same' | 'snake_case';

/** The name in snake case: `perPage` becomes `per_page`. */
type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : S;

/** Name of the input `K` in the request. */
export type WireName<K extends string, W, N extends Naming> = K extends keyof W
  ? W[K] extends string
    ? W[K]
    : W[K] extends { readonly name: infer M extends string }
      ? M
      : DefaultName<K, N>
  : DefaultName<K, N>;

type DefaultName<K extends string, N extends Naming> = N extends 'snake_case' ? SnakeCase<K> : K;

/** The rule of an input with all defaults. */
export interface ResolvedRule {
  readonly name: string;
  readonly in: Place | 'path';
  readonly list: ListFormat;
  /** Text with `{value}`, which the value replaces. `undefined`: the value is sent alone. */
  readonly template: string | undefined;
}

/** Adds the defaults to the rule of one input. */
export function resolveRule(
  input: string,
  entry: WireEntry | undefined,
  defaults: {
    readonly naming: Naming;
    readonly place: Place;
    readonly list: ListFormat;
    readonly pathKeys: readonly string[];
    /** Path of the object in the body that has the inputs. `undefined`: the body itself. */
    readonly bodyObject: string | undefined;
  },
): ResolvedRule {
  const rule: WireRule = typeof entry === 'string' ? { name: entry } : (entry ?? {});
  const ownName = rule.name ?? (defaults.naming === 'snake_case' ? toSnakeCase(input) : input);
  const place = defaults.pathKeys.includes(ownName) ? 'path' : (rule.in ?? defaults.place);
  const isMember = place === 'body' && rule.name === undefined && defaults.bodyObject !== undefined;
  return {
    name: isMember ? `${defaults.bodyObject}.${ownName}` : ownName,
    in: place,
    list: rule.list ?? defaults.list,
    template: rule.template,
  };
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** An input whose value is sent as the end of another one. */
export interface AppendedInput {
  readonly input: string;
  readonly appendTo: string;
  /** Text with `{value}`, which the value replaces. `undefined`: the value is appended alone. */
  readonly template: string | undefined;
}

/** The inputs, after values were appended to other inputs. Appended inputs stay in the result. */
export function withAppended(
  input: Readonly<Record<string, unknown>>,
  appended: readonly AppendedInput[],
): Readonly<Record<string, unknown>> {
  const joined = { ...input };
  for (const { input: name, appendTo, template } of appended) {
    const end = applyTemplate(input[name], template);
    if (end !== undefined && end !== '') joined[appendTo] = `${joined[appendTo] ?? ''}${end}`;
  }
  return joined;
}

/**
 * The value as it is sent: texts and numbers are put into their template. An empty string stays
 * empty.
 */
export function applyTemplate(value: unknown, template: string | undefined): unknown {
  const isFilled = (typeof value === 'string' && value !== '') || typeof value === 'number';
  return template !== undefined && isFilled
    ? template.replaceAll('{value}', () => String(value))
    : value;
}

/**
 * Appends a value to a query or a form. Omits `undefined`, `null` and `''`: forms and templates
 * send empty strings for absent values. Objects are sent as JSON.
 */
export function appendParameter(
  parameters: URLSearchParams,
  { name, list }: Pick<ResolvedRule, 'name' | 'list'>,
  value: unknown,
): void {
  if (value === undefined || value === null || value === '') return;
  if (!Array.isArray(value)) parameters.append(name, textOf(value));
  else if (list === 'comma') {
    if (value.length > 0) parameters.append(name, value.map(textOf).join(','));
  } else if (list === 'indexed') {
    for (const [index, item] of value.entries()) {
      for (const [key, field] of Object.entries(isRecord(item) ? item : {})) {
        appendParameter(parameters, { name: `${name}[${index}][${key}]`, list: 'repeat' }, field);
      }
    }
  } else {
    const itemName = list === 'brackets' ? `${name}[]` : name;
    for (const item of value) parameters.append(itemName, textOf(item));
  }
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/**
 * Sets a value in a JSON body. Dots in the name make nested objects, and a number between dots is
 * the index in a list: `requests.0.size`. As in a JSON Pointer (RFC 6901), `-` is the index after
 * the last item: `filters.-`. Omits `undefined`.
 */
export function setInBody(body: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) return;
  const [step = name, ...rest] = name.split('.');
  body[step] = withValueAt(body[step], rest, value);
}

function withValueAt(target: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (/^(\d+|-)$/.test(step)) {
    const list: unknown[] = Array.isArray(target) ? [...target] : [];
    const index = step === '-' ? list.length : Number(step);
    list[index] = withValueAt(list[index], rest, value);
    return list;
  }
  const object = isRecord(target) ? target : {};
  return { ...object, [step]: withValueAt(object[step], rest, value) };
}
