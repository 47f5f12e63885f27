/** The product with two further connector types whose API depends on facts of the grant. */
import {
  atlassianSpec,
  salesforceSpec,
  TypeRegistry,
} from '@latchkey/actions-plugin/server/testing';

const { close } = TypeRegistry.prototype;

TypeRegistry.prototype.close = function () {
  for (const spec of [atlassianSpec, salesforceSpec]) {
    if (!this.has(spec.metadata.id)) this.register(spec);
  }
  close.call(this);
};
