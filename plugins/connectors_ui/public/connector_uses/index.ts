export {
  type ConnectorUses,
  ConnectorUsesRegistry,
  type LoadConnectorUses,
} from './connector_uses.ts';
