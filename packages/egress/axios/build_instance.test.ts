import axios, { type AxiosInstance, type CreateAxiosDefaults } from 'axios';
import { describe, expect, it } from 'vitest';
import { buildInstance, createTemplate } from './build_instance.ts';

const template = createTemplate({ env: { FormData }, redact: ['headers'], proxy: false });
const adapter = async () => Promise.reject(new Error('not sent'));
const build = (over: CreateAxiosDefaults = {}): AxiosInstance =>
  buildInstance(template, { adapter, ...over }, () => undefined);
/** Creates the instance with `axios.create`, for the comparison. */
const original = (over: CreateAxiosDefaults = {}): AxiosInstance =>
  axios.create({ env: { FormData }, redact: ['headers'], proxy: false, adapter, ...over });

/** Defaults to compare. Some values can only be passed by untyped JavaScript. */
const CASES = [
  {},
  { headers: { common: {} } },
  { headers: { common: { 'X-Team': 'a' } } },
  { headers: { accept: 'text/plain', 'X-Own': '1' } },
  { timeout: 5, maxContentLength: 10, maxRedirects: 0, signal: new AbortController().signal },
  { timeout: undefined, baseURL: 'https://api.example.com' },
  { params: { a: { b: 1 } }, transitional: { silentJSONParsing: false } },
  { transformRequest: [(data: unknown) => data] },
  { validateStatus: undefined },
] as readonly CreateAxiosDefaults[];

describe('an axios instance on egress', () => {
  it.each(CASES)(
    'has the same defaults as an instance of axios.create for the options %j',
    (over) => {
      // The defaults are copied with a spread, because those of axios have no prototype.
      // `toStrictEqual`, because an explicit `undefined` can matter.
      expect({ ...build(over).defaults }).toStrictEqual({ ...original(over).defaults });
    },
  );

  it('has every member of an axios instance', () => {
    const members = Object.keys(original()).filter((name) => name !== 'constructor');
    expect(Object.keys(build())).toEqual(expect.arrayContaining(members));
    expect(Object.keys(build())).toEqual(expect.arrayContaining(['request', 'get', 'postForm']));
  });

  it('F75: shares nothing with another instance', () => {
    const [one, other] = [build(), build()];
    one.defaults.headers.common['Authorization'] = 'Bearer development-one';
    one.defaults.headers.post['X-Own'] = 'one';
    (one.defaults.transformRequest as unknown[]).length = 0;
    one.interceptors.request.use((config) => config);
    expect(JSON.stringify(other.defaults)).not.toMatch(/development-one|X-Own/);
    expect(other.defaults.transformRequest).toHaveLength(1);
    expect(build().defaults).toEqual(other.defaults);
  });

  it('can be called as a function, and its methods work when they are detached from it', async () => {
    const seen: (string | undefined)[] = [];
    const client = build({
      adapter: async (config) => {
        seen.push(config.url);
        return { data: '', status: 200, statusText: 'OK', headers: {}, config };
      },
    });
    const { get } = client;
    await get('/a');
    await client('/b');
    await client({ url: '/c' });
    expect(seen).toEqual(['/a', '/b', '/c']);
  });

  it('calls the prepare function for the instances that its create method creates', () => {
    const prepared: AxiosInstance[] = [];
    const parent = buildInstance(template, { timeout: 7 }, (one) => prepared.push(one));
    const child = parent.create({ maxRedirects: 0 });
    expect(prepared).toEqual([parent, child]);
    expect(child.defaults).toMatchObject({ timeout: 7, maxRedirects: 0 });
  });
});
