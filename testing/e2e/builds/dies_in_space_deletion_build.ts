/**
 * A build that kills itself, as in a power cut, during the deletion of a space. `?at=` names the
 * step: `closed` (the space is closed, and nothing else is written), `connector_deleted` (the first
 * connector is deleted, but the job that revokes its grants has not started), `run_begun` (this job
 * has started), or `contents_gone` (only the space itself is left).
 */
import { ConnectorStore, RevocationJobStore } from '@latchkey/actions-plugin/server/testing';
import { DeletionStore, SpaceStore } from '@latchkey/spaces-plugin/server/testing';

const at = new URL(import.meta.url).searchParams.get('at');
const die = (point: string): void => {
  if (point === at) process.kill(process.pid, 'SIGKILL');
};

const { delete: deleteConnector } = ConnectorStore.prototype;
ConnectorStore.prototype.delete = async function (...args) {
  await deleteConnector.apply(this, args);
  die('connector_deleted');
};

const { mutate } = RevocationJobStore.prototype;
RevocationJobStore.prototype.mutate = async function (...args) {
  const changed = await mutate.apply(this, args);
  if (changed?.state === 'running') die('run_begun');
  return changed;
};

const { begin } = DeletionStore.prototype;
DeletionStore.prototype.begin = async function (...args) {
  die('closed');
  return begin.apply(this, args);
};

const { removeClosed } = SpaceStore.prototype;
SpaceStore.prototype.removeClosed = async function (space) {
  die('contents_gone');
  return removeClosed.call(this, space);
};
