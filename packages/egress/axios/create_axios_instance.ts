import type { AxiosInstance, CreateAxiosDefaults } from 'axios';
import { EgressError } from '../egress_error.ts';
import type { AxiosInstanceOptions, Egress } from '../types.ts';
import { type AdapterOptions, createAdapter } from './adapter.ts';
import { buildInstance, createTemplate } from './build_instance.ts';
import { redactAxiosError } from './redact_axios_error.ts';

/** Keys that axios redacts when it serialises an error before our interceptor runs. */
const REDACTED_KEYS = [
  'headers',
  'auth',
  'data',
  'params',
  'authorization',
  'cookie',
  'set-cookie',
];

/**
 * Creates `createAxiosInstance` of an egress. All instances with equal options share one adapter.
 */
export function createAxiosFactory(
  base: Pick<AdapterOptions, 'guard' | 'sender' | 'settings'>,
): Egress['createAxiosInstance'] {
  const anyOrigin = createAdapter({ ...base, credentialHeaders: NONE });
  const template = createTemplate({
    // Objects become multipart bodies by the FormData of Node, which can be sent again, unlike a
    // stream.
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
    // Mutable options could later change the origins that receive credentials.
    if (isFrozen(options)) adapters.set(options, adapter);
    return adapter;
  };
  return (defaults: CreateAxiosDefaults = {}, options: AxiosInstanceOptions = {}) => {
    const adapter = adapterFor(options);
    return buildInstance(template, { ...defaults, adapter, proxy: false }, (instance) =>
      keepOnEgress(instance, adapter),
    );
  };
}

/**
 * Forces the adapter of every request and redacts every error of axios. Both are the first
 * interceptors of the instance, so the request interceptor runs last and the response interceptor
 * runs first.
 */
function keepOnEgress(instance: AxiosInstance, adapter: AdapterFunction): void {
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
        throw new EgressError(
          'invalid_url',
          `credentialOrigins: [${text}] is not a URL`,
          undefined,
        );
      }
      return origin;
    }),
  );
}
