export { loginUrl } from './login_url.ts';
export { ServerClock } from './server_clock.ts';
export { type ServerState, ServerWatch } from './server_watch.ts';
