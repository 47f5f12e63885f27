export {
  type ConnectorUses,
  ConnectorUsesRegistry,
  joinUses,
  type LoadConnectorUses,
} from './connector_uses.ts';
