import { useCore } from '@latchkey/core/public';
import { usePageParams } from '@latchkey/core/public/page_parts';
import type { StoryGroup } from '@latchkey/core/public/stories';
import { type ReactElement, useEffect, useState } from 'react';
import { browserFixture } from '../authorization/attempts.mock.ts';
import { connectionMock, notConnectedMock } from '../connection_status/connection.mock.ts';
import {
  type Connection,
  ConnectionChanges,
  connectionKeys,
  type Overview,
} from '../connection_status/index.ts';
import { ConnectorUsesRegistry } from '../connector_uses/index.ts';
import { connectorBody, typeBody } from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { MyConnectionsPage } from './my_connections_page.tsx';

const TYPES = [
  { type: '.google_drive', typeName: 'Google Drive', icon: 'logoGoogleG' },
  { type: '.slack', typeName: 'Slack', icon: 'logoSlack' },
  { type: '.github', typeName: 'GitHub', icon: 'logoGithub' },
] as const;
const TEAMS = ['Finance', 'Legal', 'Marketing', 'People', 'Research', 'Sales', 'Support'] as const;

const reconnect = (): Connection =>
  connectionMock({ status: 'needs_reauth', nextStep: 'reconnect' });

/**
 * Creates an overview with connectors of several types and teams. Some require an action of the
 * user.
 */
function overview(counts: {
  readonly attention: number;
  readonly personal: number;
  readonly shared: number;
}): Overview {
  const { attention, personal, shared } = counts;
  const connectors = Array.from({ length: attention + personal + shared }, (_, index) => {
    const { type, typeName } = TYPES[index % TYPES.length] ?? TYPES[0];
    const team = TEAMS[index % TEAMS.length];
    return connectorBody(`c${index}`, {
      name: `${team} ${typeName} ${index + 1}`,
      connector_type_id: type,
      auth_mode: index < attention + personal ? 'per-user' : 'shared',
    });
  });
  return {
    connectors,
    types: new Map(
      TYPES.map(({ type, typeName, icon }) => [type, typeBody(type, { name: typeName, icon })]),
    ),
    connections: new Map(
      connectors
        .slice(0, attention + personal)
        .map(({ id }, index) => [id, index < attention ? reconnect() : personalOf(index)]),
    ),
    capabilities: [],
    attention: connectors
      .slice(0, attention)
      .map(({ id }) => ({ connector_id: id, reason: 'reconnect' as const })),
  } as Overview;
}

const personalOf = (index: number): Connection =>
  index % 3 === 0 ? notConnectedMock() : connectionMock();

/** Renders the page with an overview, and with a search text if there is one. */
function Page(props: {
  readonly overview: Overview;
  readonly text?: string;
  /** `true`: the page is scrolled to its end. */
  readonly atEnd?: boolean;
}): ReactElement {
  const { queryClient } = useCore();
  const [, change] = usePageParams();
  const [services] = useState(() => {
    queryClient.setQueryData(connectionKeys.overview(), props.overview);
    const { attempts } = browserFixture().openTab();
    const changes = new ConnectionChanges(() => undefined);
    return { attempts, changes, uses: new ConnectorUsesRegistry() };
  });
  useEffect(() => change({ q: props.text }), [change, props.text]);
  useEffect(() => {
    window.scrollTo(0, props.atEnd === true ? document.body.scrollHeight : 0);
  }, [props.atEnd]);
  return (
    <ServicesContext.Provider value={services}>
      <MyConnectionsPage />
    </ServicesContext.Provider>
  );
}

/** The whole page with many connectors. */
export const stories: StoryGroup = {
  title: 'My connections, whole page',
  stories: [
    {
      name: 'many',
      render: () => <Page overview={overview({ attention: 3, personal: 24, shared: 16 })} />,
    },
    {
      name: 'more connections with the user’s own account',
      render: () => <Page overview={overview({ attention: 0, personal: 70, shared: 0 })} atEnd />,
    },
    {
      name: 'more of the shared ones',
      render: () => <Page overview={overview({ attention: 0, personal: 3, shared: 120 })} atEnd />,
    },
    {
      name: 'search',
      render: () => (
        <Page overview={overview({ attention: 3, personal: 24, shared: 16 })} text="finance" />
      ),
    },
    {
      name: 'search without result',
      render: () => (
        <Page overview={overview({ attention: 3, personal: 24, shared: 16 })} text="warehouse" />
      ),
    },
  ],
};
