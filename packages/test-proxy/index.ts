export { credentialsIn } from './credentials.ts';
export type { PassedResponse } from './exchange.ts';
export { Exchange, requestsTo } from './exchange.ts';
export { type ReceivedRequest, RecordingServer } from './recording_server.ts';
export type { Reply, TestProxyOptions, Treatment } from './test_proxy.ts';
export { TestProxy } from './test_proxy.ts';
