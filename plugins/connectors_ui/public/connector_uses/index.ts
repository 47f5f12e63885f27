export {
  type ConnectorUses,
  ConnectorUsesRegistry,
  joinUses,
  type LoadConnectorUses,
  type UsesFailure,
  type UsesState,
} from './connector_uses.ts';
