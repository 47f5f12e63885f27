import { defineApi } from '../../operations/index.ts';

/** Origin of the Web API. */
export const SLACK = 'https://slack.com';

/** Declares operations of Slack's Web API. Failures other than rate limits have the status 200. */
export const { operation } = defineApi({
  name: 'Slack API',
  baseUrl: `${SLACK}/api`,
  provider: 'slack',
  naming: 'snake_case',
  format: 'form',
  lists: 'comma',
  readsHaveRaw: true,
  errors: {
    failedBody: { path: 'ok', equals: false },
    code: ['error'],
    // `needed` is the missing scope.
    message: ['response_metadata.messages.*', 'needed'],
    requestIdHeader: 'x-slack-req-id',
    // The codes are documented at https://docs.slack.dev/reference/methods/chat.postMessage
    actors: {
      administrator: [
        ...['access_denied', 'accesslimited', 'ekm_access_denied', 'enterprise_is_restricted'],
        ...['feature_not_enabled', 'method_deprecated', 'not_allowed_token_type'],
        ...['paid_teams_only', 'restricted_action', 'team_access_not_granted', 'unknown_method'],
      ],
      nobody: [
        ...['fatal_error', 'internal_error', 'org_login_required', 'request_timeout'],
        ...['service_unavailable', 'team_added_to_org'],
      ],
    },
  },
});
