export { loginUrl } from './login_url.ts';
export { type ServerState, ServerWatch } from './server_watch.ts';
