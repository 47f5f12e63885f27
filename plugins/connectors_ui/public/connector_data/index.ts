export {
  type ConnectorFormBody,
  type ConnectorSpecBody,
  connectorKeys,
  formQuery,
  specQuery,
  type UserCounts,
  userCountsQuery,
} from './connector_queries.ts';
export { invitationLink } from './invitation.ts';
