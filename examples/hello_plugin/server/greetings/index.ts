export { type GreetingServices, registerGreetingRoute } from './greeting_route.ts';
export { GREETING_TYPE, greetingType } from './greeting_type.ts';
