export { GREET_PRIVILEGE, greet } from './greeting_routes.ts';
