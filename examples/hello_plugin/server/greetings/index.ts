export { GREET_PRIVILEGE, registerGreetingRoute } from './greeting_route.ts';
export { greetingType } from './greeting_type.ts';
