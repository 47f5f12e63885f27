import { APPLICATION_AUTH, GRAPH, GRAPH_ACCOUNT, getService } from '../../microsoft_graph/index.ts';
import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { readActions } from './read.ts';
import { translations } from './translations.ts';
import { writeActions } from './write.ts';

const SCOPE = [
  'Team.ReadBasic.All Channel.ReadBasic.All ChannelMessage.Read.All ChannelMessage.Send',
  'ChannelMessage.ReadWrite Chat.Read Chat.ReadBasic Chat.Create ChatMessage.Send',
  'User.Read User.ReadBasic.All offline_access',
].join(' ');

/** Teams, channels and chats of Microsoft Teams. */
export const microsoftTeams = catalogueSpec({
  metadata: {
    id: '.microsoft-teams',
    displayName: 'Microsoft Teams',
    description: 'Read and send messages in channels and chats of Microsoft Teams.',
    icon: 'comment',
  },
  auth: {
    types: [
      'bearer',
      APPLICATION_AUTH,
      ...personalAuthTypes({ ears: 'microsoft', scope: SCOPE, isScopeVisible: true }),
    ],
    headers: { Accept: 'application/json' },
  },
  apiOrigins: [GRAPH],
  provider: 'microsoft',
  account: GRAPH_ACCOUNT,
  actions: { ...readActions, ...writeActions },
  test: connectionTest(getService, {}, 'Reads the list of resources of Microsoft Graph.'),
  translations,
});
