import {
  authTypeEntryOf,
  authTypeOf,
  type ConnectorSpec,
  providerOf,
  resolveConfigOrigin,
} from '@latchkey/connector-specs';
import type { UrlBuilder } from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import { EgressError } from '@latchkey/egress/errors';
import {
  grantFactIn,
  type ProviderEntry,
  providerOfAuthorizationHost,
  providerOfTokenHost,
} from '@latchkey/oauth-providers';
import type { FormIssue } from '../../common/index.ts';
import { isEarsAvailable } from '../config.ts';
import { type ConnectorType, urlConfigFields, urlSecretFields } from '../connector_types/index.ts';
import { asksForScope, offlineScopeMissing } from '../connectors/index.ts';
import {
  AUTHORIZATION_CODE,
  derivedEndpoints,
  factsFor,
  hasEndpointsOfType,
} from '../oauth/strategies/index.ts';

type Values = Readonly<Record<string, unknown>>;

/** Values of a form. They may be invalid or incomplete. */
interface UncheckedForm {
  readonly type: Pick<ConnectorType, 'spec'>;
  readonly config: Values;
  /** Secrets entered in the form, together with the stored ones that the form keeps. */
  readonly secrets: Values;
}

/** Dependencies of {@link createFormWarnings}. */
export interface FormWarningDeps {
  readonly urls: Pick<UrlBuilder, 'publicBaseUrl'>;
  readonly config: Parameters<typeof isEarsAvailable>[0];
  readonly egress: Pick<Egress, 'ensureUriAllowed'>;
}

/**
 * Finds settings that can be saved but will not work. Sends no request, and accepts invalid values,
 * so that administrators see the warnings before the form is complete.
 */
export type FormWarnings = (form: UncheckedForm) => readonly FormIssue[];

const EARS = 'ears';

/** Creates the function that finds warnings. They depend on the settings of this server. */
export function createFormWarnings(deps: FormWarningDeps): FormWarnings {
  return ({ type: { spec }, config, secrets: entered }) => {
    const authType = authTypeOf(entered, config);
    const derived = derivedEndpoints(spec, authType, config);
    const secrets = { ...derived, ...withDefaults(spec, authType, entered) };
    return [
      ...serverWarnings(authType, deps),
      ...hostWarnings(spec, config, deps),
      ...unencryptedWarnings(spec, { config, secrets }),
      ...(authType === AUTHORIZATION_CODE ? appWarnings(spec, secrets) : []),
    ];
  };
}

/** Adds the defaults of the auth type to the entered secrets. */
export function withDefaults(spec: ConnectorSpec, authType: string, entered: Values): Values {
  return { ...authTypeEntryOf(spec, authType)?.defaults, ...entered };
}

/** Warns about missing settings of this server without which no user can connect. */
function serverWarnings(authType: string, { urls, config }: FormWarningDeps): readonly FormIssue[] {
  const isPersonal = authType === AUTHORIZATION_CODE || authType === EARS;
  const warnings: FormIssue[] = [];
  if (isPersonal && urls.publicBaseUrl === undefined) {
    warnings.push({
      path: '',
      code: 'public_base_url_missing',
      message:
        'Nobody can connect an account: this server does not know its own address. Ask the operator to set server.publicBaseUrl.',
    });
  }
  if (authType === EARS && !isEarsAvailable(config)) {
    warnings.push({
      path: 'secrets.authType',
      code: 'ears_unavailable',
      message:
        'This way to authenticate is not available on this server. Ask the operator to set xpack.actions.auth.ears.url, or choose another way.',
    });
  }
  return warnings;
}

/**
 * Warns about hosts of the type's own API that this server may not reach. Hosts that users enter
 * are reported as issues of their fields.
 */
function hostWarnings(
  { apiOrigins = [] }: ConnectorSpec,
  config: Values,
  { egress }: FormWarningDeps,
): readonly FormIssue[] {
  return apiOrigins.flatMap((template) => {
    const origin = resolveConfigOrigin(template, config);
    // The host is unknown before the config field is filled, or before a user has authorized.
    if (origin === undefined || grantFactIn(origin) !== undefined) return [];
    try {
      egress.ensureUriAllowed(origin);
      return [];
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      const host = URL.parse(origin)?.hostname ?? origin;
      return [
        {
          path: '',
          code: 'api_host_not_allowed',
          message: `Every action will fail: this server may not reach ${host}. Ask the operator to add it to xpack.actions.allowedHosts.`,
          params: { host },
        },
      ];
    }
  });
}

/**
 * Warns about URLs with `http`. Only development servers accept them, and only for listed hosts.
 */
function unencryptedWarnings(
  spec: ConnectorSpec,
  { config, secrets }: Readonly<Record<'config' | 'secrets', Values>>,
): readonly FormIssue[] {
  const paths = [
    ...urlConfigFields(spec).map((name) => [`config.${name}`, config[name]] as const),
    ...urlSecretFields(spec, secrets['authType']).map(
      (name) => [`secrets.${name}`, secrets[name]] as const,
    ),
  ];
  return paths
    .filter(([, value]) => URL.parse(String(value ?? ''))?.protocol === 'http:')
    .map(([path]) => ({
      path,
      code: 'unencrypted',
      message:
        'Requests to this address are not encrypted. Only development servers accept http; use https for production.',
    }));
}

/**
 * Warns about settings of the organisation's OAuth app that make an authorization end early, or
 * leave it valid at the provider after a disconnect.
 */
function appWarnings(spec: ConnectorSpec, secrets: Values): readonly FormIssue[] {
  const [authorizationUrl, tokenUrl] = [secrets['authorizationUrl'], secrets['tokenUrl']];
  if (!isWebAddress(authorizationUrl) || !isWebAddress(tokenUrl)) return [];
  const endpoints = { authorizationUrl, tokenUrl };
  const isRevocable =
    hasText(secrets['revocationUrl']) ||
    factsFor(spec, AUTHORIZATION_CODE, endpoints).revocationUrl !== undefined;
  return [
    ...offlineWarnings(spec, endpoints, secrets['scope']),
    ...(isRevocable ? [] : [revocationWarning(spec, endpoints)]),
  ];
}

/**
 * Warns about a missing revocation URL. A provider definition without a revocation URL means that
 * the provider offers no revocation, so the administrator has nothing to enter.
 */
function revocationWarning(
  spec: ConnectorSpec,
  endpoints: { readonly authorizationUrl: string; readonly tokenUrl: string },
): FormIssue {
  const provider = hasEndpointsOfType(endpoints, AUTHORIZATION_CODE, spec)
    ? providerOf(spec)
    : providerOfTokenHost(URL.parse(endpoints.tokenUrl)?.hostname ?? '');
  if (provider === undefined || provider.revocation !== undefined) return REVOCATION_UNKNOWN;
  return {
    path: 'secrets.revocationUrl',
    code: 'revocation_unsupported',
    message: `${provider.displayName} cannot revoke an authorization for this server. After a disconnect it stays valid there until it expires or the user removes it.`,
    params: { provider: provider.displayName },
  };
}

const REVOCATION_UNKNOWN: FormIssue = {
  path: 'secrets.revocationUrl',
  code: 'revocation_unknown',
  message:
    'Without a revocation URL, disconnecting deletes the tokens here, but the authorization stays valid at the provider.',
};

/**
 * Warns if the provider would issue no refresh token. Some providers issue one only if the app
 * requests it with a special parameter or scope. For providers without a definition, the metadata
 * of the issuer tells.
 */
function offlineWarnings(
  spec: ConnectorSpec,
  endpoints: { readonly authorizationUrl: string; readonly tokenUrl: string },
  scope: unknown,
): readonly FormIssue[] {
  const url = URL.parse(endpoints.authorizationUrl);
  const provider = providerOfAuthorizationHost(url?.hostname ?? '');
  const { needsParameter, needsScope } = provider?.refreshToken ?? {};
  if (provider !== undefined && needsParameter !== undefined) {
    const value = provider.authorize.parameters[needsParameter];
    const isAskedByType =
      hasEndpointsOfType(endpoints, AUTHORIZATION_CODE, spec) &&
      providerOf(spec)?.authorize.parameters[needsParameter] === value;
    const isAskedByUrl = url?.searchParams.get(needsParameter) === value;
    return isAskedByType || isAskedByUrl ? [] : [offlineParameterMissing(provider)];
  }
  return needsScope === undefined || asksForScope(scope, needsScope)
    ? []
    : [offlineScopeMissing(needsScope)];
}

/** Advises to add the parameters of the provider definition to the entered authorization URL. */
function offlineParameterMissing({ displayName, authorize }: ProviderEntry): FormIssue {
  const parameters = `?${new URLSearchParams(authorize.parameters)}`;
  return {
    path: 'secrets.authorizationUrl',
    code: 'offline_parameter_missing',
    message: `${displayName} gives access for a short time only, then users have to connect again. Add ${parameters} to this address.`,
    params: { provider: displayName, parameters },
  };
}

const isWebAddress = (value: unknown): value is string =>
  typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? '');

const hasText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
