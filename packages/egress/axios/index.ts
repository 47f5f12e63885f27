export { createAxiosFactory } from './create_axios_instance.ts';
export { redactAxiosError } from './redact_axios_error.ts';
export { isReplayableBody } from './replayable_body.ts';
