import type { AxiosInstance, CreateAxiosDefaults } from 'axios';
import { type CredentialRules, credentialRulesOf } from '../requests/credential_rules.ts';
import type { ClientOptions, Egress } from '../types.ts';
import { type AdapterOptions, createAdapter } from './adapter.ts';
import { buildInstance, createTemplate } from './build_instance.ts';
import { redactAxiosError } from './redact_axios_error.ts';

/**
 * Keys that axios itself redacts when it serialises an error that has not reached our interceptor.
 */
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
 * Creates the function `createAxiosInstance` of an egress. All instances with equal options share
 * one adapter.
 */
export function createAxiosFactory(
  base: Pick<AdapterOptions, 'guard' | 'sender' | 'settings'>,
): Egress['createAxiosInstance'] {
  const template = createTemplate({
    // With the FormData of Node, axios turns objects into multipart bodies that can be sent again.
    // Its own FormData would be a stream, which can be sent once.
    env: { FormData },
    redact: REDACTED_KEYS,
    proxy: false,
  });
  const adapters = new WeakMap<CredentialRules, AdapterFunction>();
  const adapterFor = (options: ClientOptions): AdapterFunction => {
    const rules = credentialRulesOf(options);
    const known = adapters.get(rules);
    if (known !== undefined) return known;
    const adapter = createAdapter({ ...base, rules });
    adapters.set(rules, adapter);
    return adapter;
  };
  return (defaults: CreateAxiosDefaults = {}, options: ClientOptions = {}) => {
    const adapter = adapterFor(options);
    return buildInstance(template, { ...defaults, adapter, proxy: false }, (instance) =>
      keepOnEgress(instance, adapter),
    );
  };
}

/**
 * Forces the adapter of every request and redacts every error of axios. Both interceptors are added
 * before those of the caller. Axios runs the first added request interceptor last and the first
 * added response interceptor first.
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
