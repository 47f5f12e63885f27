export type { EmulatorServer, Exchange } from './emulator_server.ts';
export { startEmulatorServer } from './emulator_server.ts';
export { consentForm, htmlPage } from './html_page.ts';
export { replayRequest } from './replay_request.ts';
export { bearerOf, formOf, forwardableHeaders, sendWebResponse } from './web_exchange.ts';
