// Does not load axios or undici, unlike index.ts.
export { isAxiosError } from './axios/is_axios_error.ts';
export { EgressError, findEgressError } from './egress_error.ts';
