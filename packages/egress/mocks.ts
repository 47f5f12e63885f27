export { type LoopbackServer, startProxy, startServer } from './fixtures/loopback.ts';
export { testCertificates } from './fixtures/test_certificates.ts';
