import axios, {
  type AxiosInstance,
  type AxiosRequestConfig,
  type CreateAxiosDefaults,
} from 'axios';

type Values = Readonly<Record<string, unknown>>;
type Method = (this: object, ...args: unknown[]) => unknown;

/** Every method of axios' class, whatever this version of it has. */
const METHODS: readonly (readonly [string, Method])[] = Object.getOwnPropertyNames(
  axios.Axios.prototype,
)
  .filter((name) => name !== 'constructor')
  .map((name) => [name, Reflect.get(axios.Axios.prototype, name)]);

/** Settings that axios takes over as they are, without merging them into what is there. */
const TAKEN_AS_GIVEN: ReadonlySet<string> = new Set([
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

/** axios' own defaults with `over` merged into them; instances are made from it. */
export function createTemplate(over: CreateAxiosDefaults): CreateAxiosDefaults {
  // A plain object: merging makes one without a prototype, which every later copy would pay for.
  return { ...merge(axios.defaults as CreateAxiosDefaults, over) };
}

/**
 * What `axios.create` makes, for one execution each. Its generic merge and its copying of methods cost more than the rest of an
 * instance's life, so the common case is done by hand; any other goes through axios' merge.
 * @param prepare called with the instance, and with those made by its `create`
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
  // A copy, because these defaults may go on changing.
  instance['create'] = (more: CreateAxiosDefaults = {}) =>
    buildInstance({ ...defaults }, more, prepare);
  const complete = instance as unknown as AxiosInstance;
  prepare(complete);
  return complete;
}

/** Defaults are request configurations whose headers may be in groups; axios' types keep the two apart. */
function merge(base: CreateAxiosDefaults, over: CreateAxiosDefaults): CreateAxiosDefaults {
  return axios.mergeConfig(
    base as AxiosRequestConfig,
    over as AxiosRequestConfig,
  ) as CreateAxiosDefaults;
}

/** `undefined`: some setting needs axios' rules of merging. Nothing in the answer is part of the template. */
function copyDefaults(
  template: CreateAxiosDefaults,
  over: CreateAxiosDefaults,
): CreateAxiosDefaults | undefined {
  const copy: Record<string, unknown> = { ...template };
  for (const [name, value] of mutableMembersOf(template)) copy[name] = copyValue(value, 2);
  for (const [name, value] of Object.entries(over)) {
    if (name === 'headers' && hasNoHeader(value)) continue;
    if (!TAKEN_AS_GIVEN.has(name)) return undefined;
    if (value !== undefined) copy[name] = value;
  }
  return copy;
}

const mutableMembers = new WeakMap<object, readonly (readonly [string, unknown])[]>();

/** The members of a template that an instance could change. A template gets no other members once instances are made from it. */
function mutableMembersOf(template: CreateAxiosDefaults): readonly (readonly [string, unknown])[] {
  const known = mutableMembers.get(template);
  if (known !== undefined) return known;
  const members = Object.entries(template).filter(
    ([, value]) => typeof value === 'object' && value !== null,
  );
  mutableMembers.set(template, members);
  return members;
}

/** Lists and literals are copied so deep; axios' defaults have headers two levels down. */
function copyValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return value.slice();
  if (depth === 0 || !isLiteral(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) copy[name] = copyValue(member, depth - 1);
  return copy;
}

/** Only groups (`common`, `get`, …), and nothing in them. */
function hasNoHeader(headers: unknown): boolean {
  return (
    isLiteral(headers) &&
    Object.values(headers).every((group) => isLiteral(group) && Object.keys(group).length === 0)
  );
}

function isLiteral(value: unknown): value is Values {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
