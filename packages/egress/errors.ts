// Unlike index.ts, this entry point does not load axios or undici.
export { isAxiosError } from './axios/is_axios_error.ts';
export { EgressError, findEgressError } from './egress_error.ts';
