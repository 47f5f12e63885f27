/**
 * A build that kills itself, as in a power cut, during the deletion of the space `?space=`. The
 * deletions of other spaces, which its background tasks may continue while it starts, do not kill
 * it. `?at=` names the step: `closed` (the space is closed, and nothing else is written),
 * `connector_deleted` (the first connector is deleted, but the job that revokes its grants has not
 * started), `run_begun` (this job has started), or `contents_gone` (only the space itself is left).
 */
import { ConnectorStore, RevocationJobStore } from '@latchkey/actions-plugin/server/testing';
import { DeletionStore, SpaceStore } from '@latchkey/spaces-plugin/server/testing';

const parameters = new URL(import.meta.url).searchParams;
const at = parameters.get('at');
const space = parameters.get('space');
const die = (point: string, spaceId: string | undefined): void => {
  if (point === at && spaceId === space) process.kill(process.pid, 'SIGKILL');
};

const { delete: deleteConnector } = ConnectorStore.prototype;
ConnectorStore.prototype.delete = async function (connectorId, spaceId, version) {
  await deleteConnector.call(this, connectorId, spaceId, version);
  die('connector_deleted', spaceId);
};

const { mutate } = RevocationJobStore.prototype;
RevocationJobStore.prototype.mutate = async function (...args) {
  const changed = await mutate.apply(this, args);
  if (changed?.state === 'running') die('run_begun', changed.spaceId);
  return changed;
};

const { begin } = DeletionStore.prototype;
DeletionStore.prototype.begin = async function (spaceId, fresh) {
  die('closed', spaceId);
  return begin.call(this, spaceId, fresh);
};

const { removeClosed } = SpaceStore.prototype;
SpaceStore.prototype.removeClosed = async function (closed) {
  die('contents_gone', closed.id);
  return removeClosed.call(this, closed);
};
