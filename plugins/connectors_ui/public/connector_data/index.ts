export {
  type ConnectorFormBody,
  type ConnectorSpecBody,
  connectorKeys,
  formQuery,
  type GrantsPage,
  grantsQuery,
  specQuery,
  USERS_PER_PAGE,
  type UserCounts,
  userCountsQuery,
} from './connector_queries.ts';
export { invitationLink } from './invitation.ts';
