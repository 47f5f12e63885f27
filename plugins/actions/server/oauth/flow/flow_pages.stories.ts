import type { PageStory, PageStoryGroup } from '@latchkey/core/server/mocks';
import { aPageRequest, pageServicesFor } from '../pages/page_services.mock.ts';
import { renderContinuePage } from './continue_page.ts';
import { FlowError } from './flow_error.ts';
import type { EndedFlow, FlowOutcome } from './flow_outcome.ts';
import { FLOW_RESPONSES, type FlowErrorCode } from './flow_responses.ts';
import { FLOW_TEXTS } from './flow_texts.ts';
import { renderOutcome } from './outcome_response.ts';

const SCRIPT = new URL('./assets/result_page.js', import.meta.url);
const ENDED: EndedFlow = {
  flowId: 'flow-1',
  connectorId: 'team-drive',
  spaceId: 'default',
  createdBy: 'u_ana',
  kibanaReturnUrl: undefined,
};
const CODES = Object.keys(FLOW_RESPONSES) as FlowErrorCode[];

/** The pages at the end of an authorization. */
export const pageStories: PageStoryGroup = {
  title: 'End of an authorization (page of the server)',
  stories: [
    story('connected', { pending: ENDED, failure: undefined }),
    ...CODES.map((code) => story(code, { pending: ENDED, failure: new FlowError(code) })),
    story('a code, with a text of the provider', {
      pending: ENDED,
      failure: new FlowError('provider_rejected_request', {
        detail: 'The requested scope is invalid, unknown, or malformed: drive.everything.readonly',
      }),
    }),
    story('a code, for a flow that is not known', {
      pending: undefined,
      failure: new FlowError('state_missing'),
    }),
    story('a code, in a browser without a session', {
      pending: undefined,
      failure: new FlowError('state_invalid', { addition: FLOW_TEXTS.signInHere }),
      isSignedOut: true,
    }),
    {
      name: 'a form of the provider, without scripts',
      render: (appearance, urls) =>
        renderContinuePage(
          { path: '/api/actions/connector/_oauth_callback', fields: { state: 's' } },
          appearance,
          urls,
        ),
    },
  ],
};

function story(
  name: string,
  { isSignedOut = false, ...outcome }: FlowOutcome & { readonly isSignedOut?: boolean },
): PageStory {
  return {
    name,
    render: async (appearance, urls) => {
      const request = aPageRequest(appearance, { isSignedOut });
      const { body } = await renderOutcome(outcome, request, pageServicesFor(appearance, urls));
      if (body === undefined) throw new Error('This outcome has no page');
      return body;
    },
    script: SCRIPT,
  };
}
