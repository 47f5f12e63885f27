import { afterEach, expect, it } from 'vitest';
import { openTabChannel, type TabChannel } from './tab_channel.ts';

const opened: TabChannel[] = [];
const open = (name: string): TabChannel => {
  const channel = openTabChannel(name);
  opened.push(channel);
  return channel;
};
afterEach(() => {
  for (const channel of opened.splice(0)) channel.close();
});

it('a tab channel delivers messages to channels of the same name, even if the sender closes immediately', async () => {
  const received = Promise.withResolvers<unknown>();
  const last = Promise.withResolvers<void>();
  const others: unknown[] = [];
  open('a').listen(received.resolve);
  open('b').listen((message) => {
    others.push(message);
    if (message === 'last') last.resolve();
  });
  const sender = open('a');
  sender.send({ id: 1 });
  sender.close();
  open('b').send('last');
  expect(await received.promise).toEqual({ id: 1 });
  await last.promise;
  expect(others).toEqual(['last']);
});

it('a tab channel does nothing in a browser without BroadcastChannel', () => {
  const channel = openTabChannel('a', {});
  expect(() => {
    channel.listen(() => undefined);
    channel.send('x');
    channel.close();
  }).not.toThrow();
});
