import { chooseLanguage, type Router, respond } from '@latchkey/core/server';
import { getConnectorForm, validateConnector } from '../../common/index.ts';
import { givenSecrets } from '../connectors/index.ts';
import { toScopeTextBodies } from '../oauth/scopes/index.ts';
import type { ConnectorForm, ConnectorForms } from './connector_forms.ts';

/** Services that the form routes call. */
export interface FormRouteServices {
  readonly forms: ConnectorForms;
}

/** Registers the routes of connector forms. {@link ConnectorForms} checks the privileges. */
export function registerFormRoutes(router: Router<FormRouteServices>): void {
  router.handle(getConnectorForm, async (request, { forms }) =>
    respond.ok(toFormBody(await forms.read(request, request.params.id))),
  );
  router.handle(validateConnector, async (request, { forms }) => {
    const language = chooseLanguage(request.headers['accept-language']);
    const { id, connector_type_id, version, name, config, secrets, keep_secrets } = request.body;
    const { issues, warnings, callbackUrl, requestedScopes, disconnects } = await forms.validate(
      request,
      {
        id,
        connectorTypeId: connector_type_id,
        version,
        name,
        config,
        secrets: givenSecrets(secrets),
        keepSecrets: keep_secrets,
      },
    );
    return respond.ok({
      issues,
      warnings,
      ...(callbackUrl === undefined ? {} : { callback_url: callbackUrl }),
      ...(requestedScopes.length === 0
        ? {}
        : { requested_scopes: toScopeTextBodies(requestedScopes, language) }),
      ...(disconnects === undefined
        ? {}
        : { disconnects: disconnects.ends, disconnects_users: disconnects.users }),
    });
  });
}

function toFormBody(form: ConnectorForm) {
  const { connector, config, enabledActions, secrets, callbackUrl, readOnlyReason } = form;
  const { createdAt, updatedAt } = connector;
  const problem = secretsProblemOf(connector);
  return {
    id: connector.id,
    ...(connector.isPreconfigured === true ? {} : { version: connector.version }),
    name: connector.name,
    connector_type_id: connector.connectorTypeId,
    auth_type: connector.authType,
    auth_mode: connector.authMode,
    is_preconfigured: connector.isPreconfigured === true,
    is_editable: readOnlyReason === undefined,
    ...(readOnlyReason === undefined ? {} : { read_only_reason: readOnlyReason }),
    ...(config === undefined ? {} : { config }),
    ...(enabledActions === undefined ? {} : { enabled_actions: [...enabledActions] }),
    ...(secrets === undefined ? {} : { credentials: secrets.credentials }),
    ...(secrets === undefined || problem !== undefined ? {} : { secrets: secrets.values }),
    ...(problem === undefined ? {} : { secrets_problem: problem }),
    ...(callbackUrl === undefined ? {} : { callback_url: callbackUrl }),
    ...(createdAt === undefined ? {} : { created_at: createdAt.toISOString() }),
    ...(updatedAt === undefined ? {} : { updated_at: updatedAt.toISOString() }),
  };
}

function secretsProblemOf({ missingKey, hasReadableSecrets }: ConnectorForm['connector']) {
  if (missingKey !== undefined) return 'key_not_configured' as const;
  return hasReadableSecrets ? undefined : ('unreadable' as const);
}
