export { Authenticator } from './authenticator.ts';
export { DeferredUsers, deferredIdentityOf } from './deferred_users.ts';
export { mapSecurityError } from './error_mapping.ts';
export { registerLoginPage } from './login_page.ts';
export { registerLoginRoutes } from './login_routes.ts';
export { registerMeRoute } from './me_route.ts';
export { PasswordAuthenticator } from './password_authenticator.ts';
export { registerPasswordRoute } from './password_route.ts';
export { registerStartPage } from './start_page.ts';
