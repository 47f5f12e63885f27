export type { EmulatorControls, EmulatorServer, EmulatorServerOptions } from './emulator_server.ts';
export { startEmulatorServer } from './emulator_server.ts';
export { consentForm, htmlPage } from './html_page.ts';
export { replayRequest } from './replay_request.ts';
export type { Exchange } from './web_exchange.ts';
export { bearerOf, formOf, forwardableHeaders, sendJson, sendWebResponse } from './web_exchange.ts';
