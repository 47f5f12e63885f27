import axios, {
  type AxiosInstance,
  type AxiosRequestConfig,
  type CreateAxiosDefaults,
} from 'axios';

type Values = Readonly<Record<string, unknown>>;
type Method = (this: object, ...args: unknown[]) => unknown;

/** All methods of the class `Axios` with their names. */
const METHODS: readonly (readonly [string, Method])[] = Object.getOwnPropertyNames(
  axios.Axios.prototype,
)
  .filter((name) => name !== 'constructor')
  .map((name) => [name, Reflect.get(axios.Axios.prototype, name)]);

/** Settings whose value axios replaces instead of merging it with the default. */
const REPLACED_SETTINGS: ReadonlySet<string> = new Set([
  'adapter',
  'baseURL',
  'maxBodyLength',
  'maxContentLength',
  'maxRedirects',
  'proxy',
  'responseType',
  'signal',
  'timeout',
]);

/** Returns the defaults of axios merged with `over`. Instances are created from them. */
export function createTemplate(over: CreateAxiosDefaults): CreateAxiosDefaults {
  // Merging returns an object without a prototype, which would make every later copy slower.
  return { ...merge(axios.defaults as CreateAxiosDefaults, over) };
}

/**
 * Creates the instance that `axios.create` would create. An instance serves one execution, and the
 * generic merge of axios would cost more than all its other work, so the common case is copied by
 * hand.
 * @param prepare called with the instance, and with every instance that its `create` creates
 */
export function buildInstance(
  template: CreateAxiosDefaults,
  over: CreateAxiosDefaults,
  prepare: (instance: AxiosInstance) => void,
): AxiosInstance {
  const defaults = copyDefaults(template, over) ?? merge(template, over);
  const context = new axios.Axios(defaults as ConstructorParameters<typeof axios.Axios>[0]);
  const instance: Record<string, unknown> = context.request.bind(context) as never;
  for (const [name, method] of METHODS) instance[name] = method.bind(context);
  instance['defaults'] = context.defaults;
  instance['interceptors'] = context.interceptors;
  // The defaults are copied, because the caller may still change those of this instance.
  instance['create'] = (more: CreateAxiosDefaults = {}) =>
    buildInstance({ ...defaults }, more, prepare);
  const complete = instance as unknown as AxiosInstance;
  prepare(complete);
  return complete;
}

/**
 * Merges like axios. The casts are needed because the types of axios separate defaults, whose
 * headers are grouped by method, from the configuration of a request.
 */
function merge(base: CreateAxiosDefaults, over: CreateAxiosDefaults): CreateAxiosDefaults {
  return axios.mergeConfig(
    base as AxiosRequestConfig,
    over as AxiosRequestConfig,
  ) as CreateAxiosDefaults;
}

/**
 * Copies a template and applies `over`. The copy shares nothing with the template.
 * @returns `undefined`: `over` has a setting that must be merged by axios
 */
function copyDefaults(
  template: CreateAxiosDefaults,
  over: CreateAxiosDefaults,
): CreateAxiosDefaults | undefined {
  const copy: Record<string, unknown> = { ...template };
  for (const [name, value] of mutableMembersOf(template)) copy[name] = copyValue(value, 2);
  for (const [name, value] of Object.entries(over)) {
    if (name === 'headers' && hasNoHeader(value)) continue;
    if (!REPLACED_SETTINGS.has(name)) return undefined;
    if (value !== undefined) copy[name] = value;
  }
  return copy;
}

const mutableMembers = new WeakMap<object, readonly (readonly [string, unknown])[]>();

/**
 * Returns the members of a template that an instance could change, with their names. They are
 * cached: once a template is used, it gets no new members.
 */
function mutableMembersOf(template: CreateAxiosDefaults): readonly (readonly [string, unknown])[] {
  const known = mutableMembers.get(template);
  if (known !== undefined) return known;
  const members = Object.entries(template).filter(
    ([, value]) => typeof value === 'object' && value !== null,
  );
  mutableMembers.set(template, members);
  return members;
}

/** Copies lists and plain objects down to `depth` levels. Headers of axios have two levels. */
function copyValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return value.slice();
  if (depth === 0 || !isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) copy[name] = copyValue(member, depth - 1);
  return copy;
}

/** Returns `true` if headers consist only of empty groups (`common`, `get`, …). */
function hasNoHeader(headers: unknown): boolean {
  return (
    isPlainObject(headers) &&
    Object.values(headers).every((group) => isPlainObject(group) && Object.keys(group).length === 0)
  );
}

function isPlainObject(value: unknown): value is Values {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
