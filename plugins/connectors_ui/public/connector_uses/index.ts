export {
  type ConnectorUse,
  type ConnectorUses,
  ConnectorUsesRegistry,
  type LoadConnectorUses,
} from './connector_uses.ts';
