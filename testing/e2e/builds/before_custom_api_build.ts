/**
 * The build before `.custom_api` existed: the generic connector type has the id `.http`, Kibana's
 * type with this id does not exist, and connectors have one model version less.
 */
import {
  connectorEncryption,
  connectorSoType,
  TypeRegistry,
} from '@latchkey/actions-plugin/server/testing';
import { customApi } from '../../../packages/connector-specs/connectors/custom_api/index.ts';

const { formerId: _, metadata, ...spec } = customApi;
const { register } = TypeRegistry.prototype;

TypeRegistry.prototype.register = function (registered) {
  if (registered.metadata.id === '.http') return;
  const isGeneric = registered.metadata.id === metadata.id;
  register.call(this, isGeneric ? { ...spec, metadata: { ...metadata, id: '.http' } } : registered);
};

const RENAMED_IN = 7;
for (const version of Object.keys(connectorSoType.modelVersions).map(Number)) {
  if (version >= RENAMED_IN) Reflect.deleteProperty(connectorSoType.modelVersions, version);
}

Object.assign(connectorEncryption, {
  attributesToIncludeInAAD: connectorEncryption.attributesToIncludeInAAD.filter(
    (name) => name !== 'connectorTypeId',
  ),
});
