import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { createSavedObjectsService } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { expect, it } from 'vitest';
import { SpaceStore } from './space_store.ts';
import { SPACE_TYPE, spaceType } from './space_type.ts';

it('a deletion removes only the space that it closed, not a new space with the same id', async () => {
  const clock = new ManualClock();
  const service = createSavedObjectsService({
    store: createSqliteStore({ path: ':memory:' }),
    logger: createLoggerMock(),
    now: () => clock.now(),
    uuid: () => 'unused',
  });
  service.setup.registerType(spaceType);
  const repository = (await service.start()).createRepository({
    includedHiddenTypes: [SPACE_TYPE],
  });
  const spaces = new SpaceStore(() => repository);
  const space = {
    id: 'sales',
    name: 'Sales',
    imageUrl: undefined,
    disabledFeatures: [],
    deletingSince: undefined,
  };
  const close = () => spaces.close('sales', new Date(clock.now()));
  await spaces.create(space);
  const first = await close();
  if (first === undefined) throw new Error('not closed');
  await clock.advance(1000);
  // A repeated request does not start another deletion.
  expect(await close()).toEqual(first);
  await spaces.removeClosed(first);
  await spaces.create(space);
  await spaces.removeClosed(first);
  expect(await spaces.get('sales')).toMatchObject({ name: 'Sales' });
  const second = await close();
  await spaces.removeClosed(first);
  expect(await spaces.get('sales')).toEqual(second);
  expect(second?.deletingSince).not.toBe(first.deletingSince);
  await service.stop();
});
