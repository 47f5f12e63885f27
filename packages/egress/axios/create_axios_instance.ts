import type { AxiosInstance, CreateAxiosDefaults } from 'axios';
import { EgressError } from '../egress_error.ts';
import type { AxiosInstanceOptions, Egress } from '../types.ts';
import { type AdapterOptions, createAdapter } from './adapter.ts';
import { buildInstance, createTemplate } from './build_instance.ts';
import { redactAxiosError } from './redact_axios_error.ts';

/** Keys whose values axios blanks when it serialises an error on its own, before our interceptor sees it. */
const REDACTED_KEYS = [
  'headers',
  'auth',
  'data',
  'params',
  'authorization',
  'cookie',
  'set-cookie',
];

/** Makes the `createAxiosInstance` of an egress. The adapter is built once; an instance is a cheap shell around it. */
export function createAxiosFactory(
  base: Pick<AdapterOptions, 'guard' | 'sender' | 'settings'>,
): Egress['createAxiosInstance'] {
  const anyOrigin = createAdapter({ ...base, credentialHeaders: NONE });
  const template = createTemplate({
    // Objects become multipart bodies of the platform's FormData, which can be sent again, not of a one-time stream.
    env: { FormData },
    redact: REDACTED_KEYS,
    proxy: false,
  });
  const adapters = new WeakMap<AxiosInstanceOptions, AdapterFunction>();
  const adapterFor = (options: AxiosInstanceOptions): AdapterFunction => {
    const { credentialOrigins, credentialHeaders = [], tls } = options;
    const isPlain = credentialOrigins === undefined && credentialHeaders.length === 0;
    if (isPlain && tls === undefined) return anyOrigin;
    const known = adapters.get(options);
    if (known !== undefined) return known;
    const adapter = createAdapter({
      ...base,
      credentialOrigins: credentialOrigins && toOrigins(credentialOrigins),
      credentialHeaders: new Set(credentialHeaders.map((name) => name.toLowerCase())),
      tls,
    });
    // Mutable options could change who receives credentials.
    if (isFrozen(options)) adapters.set(options, adapter);
    return adapter;
  };
  return (defaults: CreateAxiosDefaults = {}, options: AxiosInstanceOptions = {}) => {
    const adapter = adapterFor(options);
    return buildInstance(template, { ...defaults, adapter, proxy: false }, (instance) =>
      keepOnThisDoor(instance, adapter),
    );
  };
}

/**
 * A request must not leave by another adapter, and no error may show a header, wherever in axios it arose. Both are the first
 * interceptors of the instance, so request-side ours runs last and response-side ours runs first.
 */
function keepOnThisDoor(instance: AxiosInstance, adapter: AdapterFunction): void {
  instance.interceptors.request.use(
    (config) => {
      config.adapter = adapter;
      return config;
    },
    undefined,
    { synchronous: true },
  );
  instance.interceptors.response.use(undefined, (error: unknown) => {
    throw redactAxiosError(error);
  });
}

type AdapterFunction = ReturnType<typeof createAdapter>;

const NONE: ReadonlySet<string> = new Set();

function isFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozen);
}

function toOrigins(origins: readonly string[]): ReadonlySet<string> {
  return new Set(
    origins.map((text) => {
      const origin = URL.parse(text)?.origin;
      if (origin === undefined || origin === 'null') {
        throw new EgressError('invalid_url', `credentialOrigins: [${text}] is no URL`, undefined);
      }
      return origin;
    }),
  );
}
