/**
 * A build that does not continue the deletion of a space while a file with the id of the space
 * exists in the folder `?paused=`, so that a test decides when another process continues it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SpaceDeletions } from '@latchkey/spaces-plugin/server/testing';

const RETRY_MS = 500;
const paused = new URL(import.meta.url).searchParams.get('paused') ?? '';

const { resume } = SpaceDeletions.prototype;
SpaceDeletions.prototype.resume = async function (spaceId, signal) {
  if (existsSync(join(paused, spaceId))) return new Date(Date.now() + RETRY_MS);
  return resume.call(this, spaceId, signal);
};
