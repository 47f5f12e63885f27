import type { ConnectorSpec } from '../contract/types.ts';
import { authTypeEntryOf, mapAuthTypes, providerOf } from './connector_provider.ts';
import { enabledActionsOf } from './enabled_actions.ts';

/** The parts of a spec that decide which scopes its connectors request. */
type ScopedSpec = Pick<ConnectorSpec, 'auth' | 'provider'> &
  Partial<Pick<ConnectorSpec, 'actions' | 'test'>>;

/** Scopes each of which suffices. */
type Alternatives = readonly [string, ...string[]];

const EARS = 'ears';

/** Auth types whose users grant scopes. */
const SCOPED_AUTH_TYPES: ReadonlySet<string> = new Set(['oauth_authorization_code', EARS]);

/**
 * Makes the scopes that the actions need the default scope of the authorization, unless the spec
 * states another default.
 */
export function withScopesOfActions(spec: ConnectorSpec): ConnectorSpec {
  const scope = scopeOfAllActions(spec);
  if (spec.auth === undefined || scope === undefined) return spec;
  return mapAuthTypes(spec, ({ defaults, ...type }) =>
    SCOPED_AUTH_TYPES.has(type.type) ? { ...type, defaults: { scope, ...defaults } } : undefined,
  );
}

/**
 * The scope that a connector requests. If the connector has a list of enabled actions, these are
 * the scopes of its field `scope` that no action names, and the least scopes with which the enabled
 * actions and the connection test work.
 * @param connector.scope value of the field `scope`. `undefined`: the connector requests none,
 *   whatever its actions are
 */
export function requestedScope(
  spec: ScopedSpec,
  connector: {
    readonly authType: string;
    readonly scope: string | undefined;
    readonly config: Readonly<Record<string, unknown>>;
  },
): string | undefined {
  const { authType, scope, config } = connector;
  const enabled = enabledActionsOf(config);
  if (enabled === undefined || scope === undefined || !SCOPED_AUTH_TYPES.has(authType))
    return scope;
  const byDefault = defaultScope(spec, authType);
  const stated = scopesIn(scope);
  const ofActions = new Set(needsOf(spec).flat());
  const others = stated.filter((one) => !ofActions.has(one));
  const isEntered = new Set(stated).symmetricDifference(new Set(scopesIn(byDefault))).size > 0;
  // The app of EARS has only certain scopes, and so has an app for which the spec lists the scopes.
  const isLimited = authType === EARS || byDefault !== scopeOfAllActions(spec);
  const chosen = chooseScopes(needsOf(spec, enabled), {
    preferred: isEntered ? stated : [],
    permitted: isLimited ? new Set([...stated, ...scopesIn(byDefault)]) : undefined,
  });
  const scopes = [...chosen, ...others];
  return scopes.length === 0 ? undefined : scopes.join(' ');
}

/**
 * Returns `true` if the scopes of a grant suffice for a requested scope, although they may differ
 * because they permit more. A grant for all actions also fits a connector that now has fewer
 * enabled actions.
 */
export function isScopeCovered(
  spec: ScopedSpec,
  {
    scope,
    granted,
    config,
  }: {
    readonly scope: string;
    readonly granted: ReadonlySet<string>;
    readonly config: Readonly<Record<string, unknown>>;
  },
): boolean {
  const needs = needsOf(spec, enabledActionsOf(config)).filter((one) => one.includes(scope));
  return needs.length > 0 && needs.every((one) => one.some((other) => granted.has(other)));
}

/** Scopes that permit no request to an API (OpenID Connect Core §5.4 and §11). */
const WITHOUT_ACCESS = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/**
 * All scopes that a spec names: those of its actions, of its connection test and of its default
 * authorizations, and those that permit nothing. A grant with another scope may permit more.
 */
export function scopesNamedBy(spec: ScopedSpec): ReadonlySet<string> {
  const byDefault = [...SCOPED_AUTH_TYPES].flatMap((type) => scopesIn(defaultScope(spec, type)));
  return new Set([...needsOf(spec).flat(), ...byDefault, ...WITHOUT_ACCESS]);
}

/**
 * Scopes that the actions of a spec need, and the scope without which the provider issues no
 * refresh token. `undefined`: the actions need no scope.
 */
function scopeOfAllActions(spec: ScopedSpec): string | undefined {
  const scopes = chooseScopes(needsOf(spec));
  if (scopes.length === 0) return undefined;
  const forRefresh = providerOf(spec)?.refreshToken?.needsScope;
  return [...new Set([...scopes, ...(forRefresh === undefined ? [] : [forRefresh])])].join(' ');
}

/**
 * Scopes that the connection test and actions need. Each element is a list of alternatives.
 * @param names names of the actions. Default: all actions
 */
function needsOf(
  { actions = {}, test }: ScopedSpec,
  names: readonly string[] = Object.keys(actions),
): readonly Alternatives[] {
  const ofActions = names
    .filter((name) => Object.hasOwn(actions, name))
    .flatMap((name) => {
      const { oauthScopes = [], optionalScopes = [] } = actions[name] ?? {};
      return [...oauthScopes, ...optionalScopes];
    });
  return [...(test?.oauthScopes ?? []), ...ofActions].map((scope) =>
    typeof scope === 'string' ? [scope] : scope,
  );
}

/**
 * Chooses a scope for each need: the first alternative, unless another chosen scope suffices. Needs
 * with few alternatives are served first, so that one scope can serve both reading and changing.
 * @param limits.preferred scopes that are chosen before others. Default: none
 * @param limits.permitted scopes that may be chosen. Default: any scope
 */
function chooseScopes(
  needs: readonly Alternatives[],
  {
    preferred = [],
    permitted,
  }: {
    readonly preferred?: readonly string[];
    readonly permitted?: ReadonlySet<string> | undefined;
  } = {},
): readonly string[] {
  const chosen = new Set<string>();
  for (const alternatives of needs.toSorted((a, b) => a.length - b.length)) {
    if (alternatives.some((scope) => chosen.has(scope))) continue;
    const possible = alternatives.filter((scope) => permitted?.has(scope) ?? true);
    const scope = possible.find((one) => preferred.includes(one)) ?? possible[0];
    if (scope !== undefined) chosen.add(scope);
  }
  return [...chosen];
}

/** Scopes in a form whose field was not changed. */
function defaultScope(spec: ScopedSpec, authType: string): string | undefined {
  const scope = authTypeEntryOf(spec, authType)?.defaults['scope'];
  return typeof scope === 'string' ? scope : undefined;
}

const scopesIn = (text: string | undefined): readonly string[] => [
  ...new Set((text ?? '').split(/[\s,]+/).filter((scope) => scope !== '')),
];
