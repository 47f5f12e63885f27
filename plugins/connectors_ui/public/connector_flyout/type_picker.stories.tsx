import { EuiFlyoutBody } from '@elastic/eui';
import type { StoryGroup } from '@latchkey/core/public/stories';
import type { OverviewType } from '../connection_status/index.ts';
import { FlyoutFrame } from './flyout_frame.tsx';
import { ConnectorNotFound, FlyoutFailed } from './flyout_states.tsx';
import { TypePicker } from './type_picker.tsx';

const nothing = (): void => undefined;

const aType = (changes: Partial<OverviewType>): OverviewType => ({
  id: '.google_drive',
  name: 'Google Drive',
  description: 'Search, list and download files in Google Drive.',
  enabled: true,
  enabled_in_config: true,
  enabled_in_license: true,
  minimum_license_required: 'basic',
  supported_feature_ids: [],
  is_system_action_type: false,
  is_deprecated: false,
  is_experimental: false,
  is_testable: true,
  icon: 'logoGoogleG',
  source: 'spec',
  auth_types: [],
  supports_personal: true,
  ...changes,
});

const TYPES = [
  aType({}),
  aType({
    id: '.custom_api',
    name: 'Custom API',
    icon: 'code',
    description:
      "Send requests to any HTTP service, with shared credentials or each user's own account.",
  }),
  aType({
    id: '.http',
    name: 'HTTP',
    icon: 'globe',
    supports_personal: false,
    description: 'Send requests to an HTTP service with shared credentials.',
  }),
  aType({ id: '.tickets', name: 'Tickets', icon: undefined, enabled: false }),
  aType({ id: '.mail', name: 'Mail', icon: 'globe', description: 'Read mail.' }),
];

const NO_EARS =
  'Not available, because this server has no redirect service. The operator can set xpack.actions.auth.ears.url.';

const picker = (types: readonly OverviewType[]) => (
  <FlyoutFrame title="Choose a connector type" onClose={nothing}>
    <EuiFlyoutBody>
      <TypePicker
        types={types}
        unavailable={({ id }) => (id === '.mail' ? NO_EARS : undefined)}
        onChoose={nothing}
      />
    </EuiFlyoutBody>
  </FlyoutFrame>
);

/** States of the choice of a type, and flyouts without content. */
export const stories: StoryGroup = {
  title: 'Connector flyout: type and problems',
  stories: [
    { name: 'types', render: () => picker(TYPES) },
    { name: 'no types', render: () => picker([]) },
    {
      name: 'not found',
      render: () => (
        <FlyoutFrame title="Connector" onClose={nothing}>
          <ConnectorNotFound onClose={nothing} />
        </FlyoutFrame>
      ),
    },
    {
      name: 'failed',
      render: () => (
        <FlyoutFrame
          title="Team Drive"
          subtitle="Google Drive"
          icon="logoGoogleG"
          onClose={nothing}
        >
          <FlyoutFailed
            text="The server is busy or restarting. Try again in a moment."
            onRetry={nothing}
          />
        </FlyoutFrame>
      ),
    },
  ],
};
