import type { CoreSetup, PluginInitializerContext } from '@latchkey/core/server';
import { registerApiKeyRoutes } from './api_keys/index.ts';
import {
  mapSecurityError,
  registerLoginPage,
  registerLoginRoutes,
  registerMeRoute,
  registerPasswordRoute,
  registerSessionRoutes,
} from './authentication/index.ts';
import type { SecurityServices } from './build_services.ts';
import { registerFeatureRoutes } from './privileges/index.ts';
import { registerRoleRoutes } from './roles/index.ts';
import { registerUserRoutes, registerUserSettingsRoutes } from './users/index.ts';

/** Registers the authenticator, the authorizer and all routes of the plugin. */
export function registerHttp(
  { http }: Pick<CoreSetup, 'http'>,
  services: SecurityServices,
  { clock, logger }: Pick<PluginInitializerContext<unknown>, 'clock' | 'logger'>,
): void {
  const { authenticator, authorizer, audit } = services;
  http.registerAuthenticator((request) => authenticator.authenticate(request));
  http.registerAuthorizer(async (principal, required, { path }) => {
    const missing = await authorizer.missingPrivileges(principal, required);
    if (missing.length > 0) {
      audit.log(principal, {
        action: 'http_authorization',
        outcome: 'failure',
        message: `A request to [${path}] lacked [${missing.join(', ')}]`,
        errorCode: 'forbidden',
      });
    }
    return missing;
  });
  const routeServices = { ...services, urls: http.urls, clock, logger };
  const router = http.createRouter({ mapError: mapSecurityError, services: () => routeServices });
  registerLoginPage(router);
  registerLoginRoutes(router);
  registerMeRoute(router);
  registerPasswordRoute(router);
  registerSessionRoutes(router);
  registerUserRoutes(router);
  registerUserSettingsRoutes(router);
  registerRoleRoutes(router);
  registerFeatureRoutes(router);
  registerApiKeyRoutes(router);
}
