import type { Notification } from '@rookery/db/notifications';
import { describe, expect, it } from 'vitest';
import type { Listener, NotificationHub } from './notification-hub.js';
import { Watch } from './watch.js';

function fakeHub() {
  const listeners = new Set<Listener>();
  const listen = (listener: Listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const tell = (notification: Notification | null) => listeners.forEach((listener) => listener(notification));
  return { hub: { listen } as unknown as NotificationHub, tell, listeners };
}
const about = (id: string): Notification => ({ subject: 'deployment', scopeId: 'org', id });
const always = { wants: ({ id }: Notification) => id !== 'other', stillAllowed: async () => true };

describe('a watch', () => {
  it('misses nothing from its making on, and joins what came meanwhile', async () => {
    const { hub, tell } = fakeHub();
    const watch = new Watch(hub, always);
    for (const id of ['a', 'other', 'b', 'a']) tell(about(id));
    expect(await watch.next()).toEqual(['a', 'b']);
    const next = watch.next();
    tell(about('c'));
    expect(await next).toEqual(['c']);
  });

  it('wakes after a gap, for its owner to look by herself', async () => {
    const { hub, tell } = fakeHub();
    const watch = new Watch(hub, always);
    const next = watch.next();
    tell(null);
    expect(await next).toEqual([]);
  });

  it('ends for a viewer who may not see it any more, though nothing happens', async () => {
    const { hub } = fakeHub();
    let allowed = true;
    const watch = new Watch(hub, { ...always, stillAllowed: async () => allowed }, 20);
    const next = watch.next();
    setTimeout(() => (allowed = false), 50);
    await expect(next).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('listens to nothing once it is stopped', () => {
    const { hub, listeners } = fakeHub();
    new Watch(hub, always).stop();
    expect(listeners.size).toBe(0);
  });
});
