import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@rookery/service-kit/errors';
import { skip } from '@rookery/service-kit/test-support/skip';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesAllowed } from './disk-watch.js';
import { StoreImages } from './store-images.js';

const MIB = 2 ** 20;
const STORE = 16 * MIB;

describe.skipIf(whyNot() !== null && skip(`data in images of their own: ${whyNot()}`) === null)(
  'data of a tenant in an image of its own',
  () => {
    let home: string;
    let images: StoreImages;
    const folderOf = (name: string) => join(home, name, 'data');
    const newTenant = async (name: string, storeBytesMax = STORE) => {
      mkdirSync(join(home, name), { recursive: true });
      await images.mount(folderOf(name), storeBytesMax);
      return folderOf(name);
    };

    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'rookery-images-'));
      images = new StoreImages(true);
    });
    afterEach(async () => {
      for (const name of readdirSync(home)) await images.unmount(folderOf(name));
      rmSync(home, { recursive: true });
      expect(spawnSync('losetup', ['--noheadings', '--list', '--output', 'BACK-FILE'], { encoding: 'utf8' }).stdout).not.toContain(home);
    });

    it('ends where it is full, while a neighbour and the machine have room', async () => {
      const [one, other] = [await newTenant('one'), await newTenant('other')];
      const written = fill(join(one, 'bomb'));
      expect(written).toBeGreaterThan(2 * STORE);
      expect(written).toBeLessThanOrEqual(bytesAllowed(STORE));
      expect(() => writeFileSync(join(one, 'more'), Buffer.alloc(MIB))).toThrow('ENOSPC');
      writeFileSync(join(other, 'own'), Buffer.alloc(STORE));
      expect(statSync(join(home, 'one/data.img')).blocks * 512).toBeLessThanOrEqual(bytesAllowed(STORE) + MIB);
    });

    it('gives back to the machine what the tenant deletes', async () => {
      const one = await newTenant('one');
      const taken = () => statSync(join(home, 'one/data.img')).blocks * 512;
      fill(join(one, 'bomb'));
      const full = taken();
      rmSync(join(one, 'bomb'));
      spawnSync('sync', ['--file-system', one]);
      await expect.poll(taken, { timeout: 10_000 }).toBeLessThan(full / 4);
    });

    it('is there again after it was let go of, also where images were switched off since', async () => {
      const one = await newTenant('one');
      writeFileSync(join(one, 'message'), 'kept');
      await images.unmount(one);
      expect(readdirSync(one)).toEqual([]);
      await new StoreImages(false).mount(one, STORE);
      expect(readFileSync(join(one, 'message'), 'utf8')).toBe('kept');
    });

    it('moves in from the folder where images are switched on later, also after an attempt that was cut off', async () => {
      images = new StoreImages(false);
      const one = await newTenant('one');
      mkdirSync(join(one, 'segments'));
      writeFileSync(join(one, 'segments/1'), 'kept', { mode: 0o600 });
      spawnSync('chown', ['--recursive', '234567', one]);
      expect(existsSync(join(home, 'one/data.img'))).toBe(false);
      writeFileSync(join(home, 'one/data.img.new'), 'half');
      images = new StoreImages(true);
      await images.mount(one, STORE);
      expect(readFileSync(join(one, 'segments/1'), 'utf8')).toBe('kept');
      expect(statSync(join(one, 'segments/1')).uid).toBe(234_567);
      await images.unmount(one);
      // An end between the image and the mount leaves the old data under it: the image counts.
      writeFileSync(join(one, 'stale'), 'old');
      await images.mount(one, STORE);
      expect(readdirSync(one)).not.toContain('stale');
    });

    it('moves in as a whole also where it is more than the plan allows by now', async () => {
      images = new StoreImages(false);
      const one = await newTenant('one');
      writeFileSync(join(one, 'much'), Buffer.alloc(200 * MIB, 1));
      images = new StoreImages(true);
      await images.mount(one, STORE);
      expect(statSync(join(one, 'much')).size).toBe(200 * MIB);
    });

    it('is never written beside its image: the folder below belongs to root alone', async () => {
      const one = await newTenant('one');
      await images.unmount(one);
      expect(statSync(one)).toMatchObject({ uid: 0, mode: 0o040700 });
    });

    it('gets more room for a larger plan when it is mounted next, and keeps it when the plan becomes smaller', async () => {
      const one = await newTenant('one');
      writeFileSync(join(one, 'message'), 'kept');
      await images.mount(one, 4 * STORE);
      await images.unmount(one);
      await images.mount(one, 4 * STORE);
      expect(readFileSync(join(one, 'message'), 'utf8')).toBe('kept');
      expect(fill(join(one, 'much'))).toBeGreaterThan(8 * STORE);
      await images.unmount(one);
      await images.mount(one, STORE);
      expect(statSync(join(one, 'much')).size).toBeGreaterThan(8 * STORE);
    });

    it('stays one file system where another process still holds an older mount of it', async () => {
      const one = await newTenant('one');
      const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', 'echo held; read line'], { stdio: 'pipe' });
      const ended = once(holder, 'exit');
      await once(holder.stdout, 'data');
      try {
        await images.unmount(one);
        await images.mount(one, 4 * STORE);
        writeFileSync(join(one, 'message'), 'seen');
        const seen = spawnSync('nsenter', ['--mount', '--target', String(holder.pid), 'cat', join(one, 'message')], { encoding: 'utf8' });
        expect(seen.stdout).toBe('seen');
      } finally {
        holder.stdin.end();
        await ended;
      }
      await images.unmount(one);
      await images.mount(one, 4 * STORE);
      expect(readFileSync(join(one, 'message'), 'utf8')).toBe('seen');
      expect(fill(join(one, 'much'))).toBeGreaterThan(8 * STORE);
    });

    it('that is damaged is never mounted, and says so', async () => {
      const one = await newTenant('one');
      await images.unmount(one);
      const image = openSync(join(home, 'one/data.img'), 'r+');
      writeSync(image, Buffer.alloc(MIB, 0x5a), 0, MIB, 0);
      closeSync(image);
      await expect(images.mount(one, STORE)).rejects.toThrow(/one\/data\.img is damaged \(e2fsck\)/);
    });

    it('is mounted once, however often it is asked for', async () => {
      const one = await newTenant('one');
      await images.mount(one, STORE);
      await images.unmount(one);
      expect(statSync(one).dev).toBe(statSync(join(home, 'one')).dev);
      await images.unmount(one);
    });
  },
);

describe('images where they cannot be made', () => {
  it('are refused at the start, with what is missing', () => {
    expect(() => StoreImages.probed('/proc')).toThrow();
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      expect(() => StoreImages.probed(tmpdir())).toThrow(/ROOKERY_STORE_IMAGES=on needs root, e2fsprogs and loop devices: truncate/);
    } finally {
      process.env['PATH'] = path;
    }
  });
});

/** Bytes that found room. */
function fill(path: string): number {
  const file = openSync(path, 'w');
  let written = 0;
  try {
    for (const chunk = Buffer.alloc(MIB, 1); ; ) written += writeSync(file, chunk);
  } catch (error) {
    expect(messageOf(error)).toContain('ENOSPC');
  } finally {
    closeSync(file);
  }
  return written;
}

function whyNot(): string | null {
  try {
    StoreImages.probed(tmpdir());
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
