export {
  type ConnectorUse,
  type ConnectorUses,
  ConnectorUsesRegistry,
  type LoadConnectorUses,
} from './connector_uses.ts';
export { useConnectorUses } from './use_connector_uses.ts';
