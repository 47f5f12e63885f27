import type { AuthTypeEntry } from '../contract/types.ts';

/**
 * Auth types with which a user's own account at a provider that EARS supports is used: by an OAuth
 * app of the organization, or by the app of EARS.
 * @param options.ears name of the provider at EARS
 * @param options.scope scopes of the app of the organization. Default: the scopes of the actions
 * @param options.earsScope scopes of the app of EARS. Default: `scope`
 * @param options.isScopeVisible `true`: an administrator can choose fewer scopes
 */
export function personalAuthTypes(options: {
  readonly ears: 'google' | 'microsoft' | 'slack';
  readonly scope?: string;
  readonly earsScope?: string;
  readonly isScopeVisible?: boolean;
}): readonly AuthTypeEntry[] {
  const { ears, scope, earsScope = scope, isScopeVisible = false } = options;
  return [
    {
      type: 'oauth_authorization_code',
      isRecommended: true,
      defaults: scope === undefined ? {} : { scope },
      ...(isScopeVisible ? {} : { overrides: { meta: { scope: { hidden: true } } } }),
    },
    {
      type: 'ears',
      defaults: { provider: ears, ...(earsScope === undefined ? {} : { scope: earsScope }) },
      isExperimental: true,
      overrides: { meta: { scope: { disabled: true } } },
    },
  ];
}
