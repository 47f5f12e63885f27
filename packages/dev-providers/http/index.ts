export { consentForm, escapeHtml, htmlPage } from './html_page.ts';
export { replayRequest } from './replay_request.ts';
export type { Exchange, StandInServer } from './stand_in_server.ts';
export { startStandInServer } from './stand_in_server.ts';
export { bearerOf, formOf, forwardableHeaders, sendWebResponse } from './web_exchange.ts';
